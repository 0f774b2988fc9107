import type { Page } from '../../shared/api'
import type { Adult, PairingState, Place, Room, RoomChange, RoomKind, RoomNew, School, SchoolChange, SchoolNew } from '../../shared/shapes'
import { either } from '../../shared/i18n'
import { countyName, placeName, whereName } from '../../shared/naming'
import { api } from '../account'
import type { Pick } from '../parts/SearchPick.vue'
import { t } from '../words'

interface Named { id: string; name: string }
export type { Room, School }
export interface County extends Named { name_en: string }

type Query = Record<string, string | number | boolean | null>

export const listSchools = (query: Query): Promise<Page<School>> => api.get('/api/schools', query)
export const listRooms = (query: Query): Promise<Page<Room>> => api.get('/api/rooms', query)
export const listCounties = (): Promise<Page<County>> => api.get('/api/organisations', { tier: 'county', limit: 50 })
export const createSchool = (body: SchoolNew): Promise<School> => api.post('/api/schools', body)
export const changeSchool = (id: string, body: SchoolChange): Promise<School> => api.patch(`/api/schools/${id}`, body)
export const createRoom = (body: RoomNew): Promise<Room> => api.post('/api/rooms', body)
export const changeRoom = (id: string, body: RoomChange): Promise<Room> => api.patch(`/api/rooms/${id}`, body)
export const claimPairing = (code: string, room: string): Promise<PairingState> => api.post('/api/pairings/claim', { code, room_id: room })

const FEW = 12

function ofTeacher(roles: Adult['roles']): string {
  const held = roles.find((each) => each.role === 'teacher')
  return held ? placeName(held.organisation) : ''
}

export async function findTeachers(q: string): Promise<Pick[]> {
  const page: Page<Adult> = await api.get('/api/people', { role: 'teacher', q, limit: FEW })
  return page.items.map(({ id, name, roles }) => ({ id, name, note: ofTeacher(roles) }))
}

export async function findSendingRooms(q: string): Promise<Pick[]> {
  const page = await listRooms({ kind: 'sending', q, limit: FEW })
  return page.items.map((room) => ({ id: room.id, name: whereName(room), note: countyName(room.school) }))
}

export async function findPlaces(q: string): Promise<Pick[]> {
  const page: Page<Place> = await api.get('/api/organisations', { q, limit: FEW })
  return page.items.map(({ id, name, name_en: english, tier }) => ({ id, name: either(name, english), note: t(`tier.${tier}`) }))
}

export async function findSchools(q: string): Promise<Pick[]> {
  const page = await listSchools({ q, limit: FEW })
  return page.items.map(({ id, name, name_en: english, county }) => ({ id, name: either(name, english), note: county ? placeName(county) : '' }))
}

export interface RoomPick extends Pick { kind: RoomKind }

/** Both kinds of receiving room, interactive ones first; the API filters by one kind at a time. */
export async function findReceivingRooms(q: string): Promise<RoomPick[]> {
  const [interactive, listening] = await Promise.all([
    listRooms({ kind: 'interactive', q, limit: FEW }), listRooms({ kind: 'listening', q, limit: FEW }),
  ])
  return [...interactive.items, ...listening.items].map((room) => ({
    id: room.id, kind: room.kind, name: whereName(room), note: [countyName(room.school), t(`roomKind.${room.kind}`)].filter(Boolean).join(' · '),
  }))
}
