import type { components } from '../../shared/api-types'
import { api } from '../account'

export type Found = components['schemas']['Found']
export const readStart = (): Promise<Found> => api.get('/api/start')
