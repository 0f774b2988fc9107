import type { components } from '../../shared/api-types'
import { api } from '../account'

export type Found = components['schemas']['Found']
export type DayChart = components['schemas']['DayChart']
export type ChartLesson = components['schemas']['ChartLesson']
export const readDay = (day: string): Promise<DayChart> => api.get(`/api/reports/days/${day}/lessons`)
export const readStart = (): Promise<Found> => api.get('/api/start')
