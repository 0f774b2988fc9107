import type { components } from './api-types'

/** The API's shapes by the names that the pages use; api-types.ts is made from the OpenAPI document by `npm run types`. */
type Schemas = components['schemas']

export type Place = Schemas['Place']
export type Person = Schemas['PersonHere']
export type Session = Schemas['SessionOut']
export type Lesson = Schemas['LessonOut']
export type LessonNew = Schemas['LessonNew']
export type LessonKind = Lesson['kind']
export type LessonState = Lesson['state']
export type Recording = Lesson['recording']
export type ReceivingRoom = Schemas['ReceivingRoom']
export type RoomKind = ReceivingRoom['kind']
export type Room = Schemas['RoomOut']
export type School = Schemas['SchoolOut']
export type Pairing = Schemas['PairingOut']
export type PairingState = Schemas['PairingState']
/** Name and password of an ICE server come as both or as neither, which the browser's own type says better. */
export type TicketAnswer = Omit<Schemas['TicketOut'], 'ice_servers'> & { ice_servers: RTCIceServer[] }
export type TicketWanted = Schemas['TicketWanted']
export type TicketRole = TicketWanted['as']

/** A way to sign in: exactly one of the bodies that `POST /api/sessions` takes. */
export type Credentials = Schemas['PasswordSignIn'] | Schemas['PupilSignIn'] | Schemas['DeviceSignIn']
