import type { components } from '../../../shared/api-types'
import { api } from '../../account'

type Schemas = components['schemas']
export type Track = Schemas['TrackOut']
export type Fix = Schemas['FixOut']
export type Fence = Schemas['FenceOut']
export type FenceNew = Schemas['FenceIn']
export type Child = Schemas['OwnChildOut']
export type Alert = Schemas['AlertOut']
export type Look = Schemas['LookOut']

const own = (child: string, act = ''): string => `/api/bracelets/own/${child}${act}`

export const readTrack = (child: string): Promise<Track> => api.get(`/api/bracelets/tracks/${child}`)
export const listChildren = (): Promise<Child[]> => api.get('/api/bracelets/own')
export const listAlerts = (fresh: boolean): Promise<Alert[]> => api.get('/api/bracelets/alerts', { fresh })
const familysWord = (child: Child): string => `/api/children/${child.person_id}/consents/bracelet`
export const consent = (child: Child): Promise<void> => api.post(familysWord(child))
export const withdraw = (child: Child): Promise<void> => api.delete(familysWord(child))
export const listFences = (child: string): Promise<Fence[]> => api.get(own(child, '/fences'))
export const addFence = (child: string, body: FenceNew): Promise<Fence> => api.post(own(child, '/fences'), body)
export const removeFence = (child: string, fence: string): Promise<void> => api.delete(own(child, `/fences/${fence}`))
export const listLooks = (child: string): Promise<Look[]> => api.get(own(child, '/looks'))
export const openCase = (body: { child_id: string; reason: string; hours: number }): Promise<{ id: string; expires_at: string }> => api.post('/api/bracelets/cases', body)
export const bind = (bracelet: string, child: string | null): Promise<unknown> => api.put(`/api/bracelets/bracelets/${bracelet}/child`, { child_id: child })
