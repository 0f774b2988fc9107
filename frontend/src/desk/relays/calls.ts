import type { Page } from '../../shared/api'
import type { Leg, Relay } from '../../shared/shapes'
import { api } from '../account'

export const listRelays = (): Promise<Page<Relay>> => api.get('/api/relays')
export const listLegs = (lesson: string): Promise<Page<Leg>> => api.get(`/api/lessons/${lesson}/legs`)
