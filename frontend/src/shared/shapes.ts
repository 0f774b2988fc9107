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
export type SchoolNew = Schemas['SchoolNew']
export type SchoolChange = Schemas['SchoolChange']
export type RoomNew = Schemas['RoomNew']
export type RoomChange = Schemas['RoomChange']
export type Adult = Schemas['PersonOut']
export type GivenRole = Schemas['RoleGiven']
export type PersonNew = Schemas['PersonNew']
export type PersonChange = Schemas['PersonChange']
export type Relay = Schemas['RelayOut']
export type Leg = Schemas['LegOut']
export type Pairing = Schemas['PairingOut']
export type PairingState = Schemas['PairingState']
export type TicketAnswer = Schemas['TicketOut']
export type TicketWanted = Schemas['TicketWanted']
export type Fallback = Schemas['FallbackOut']
export type Media = Schemas['MediaOut']
export type ResourceShown = Schemas['ResourceOut']
export type TicketRole = TicketWanted['as']

/** A way to sign in: exactly one of the bodies that `POST /api/sessions` takes; the code only where one is needed. */
export type Credentials = (Omit<Schemas['PasswordSignIn'], 'code'> & { code?: string | null }) | Schemas['PupilSignIn'] | Schemas['DeviceSignIn']

/** A ticket's servers as the browser takes them, which knows no null. */
export function iceServers(ticket: TicketAnswer): RTCIceServer[] {
  return ticket.ice_servers.map(({ urls, username, credential }) => (username && credential ? { urls, username, credential } : { urls }))
}
