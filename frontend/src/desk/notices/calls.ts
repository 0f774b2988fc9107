import type { Page } from '../../shared/api'
import type { components } from '../../shared/api-types'
import { api } from '../account'

type Schemas = components['schemas']
export type Notice = Schemas['NoticeOut']
export type Ways = Schemas['WaysOut']

export const listNotices = (query: Record<string, string | number | boolean | null>): Promise<Page<Notice>> => api.get('/api/notices', query)
export const countUnread = (): Promise<number> => api.get('/api/notices/unread')
export const readNotice = (id: string): Promise<void> => api.post(`/api/notices/${id}/read`)
export const readWays = (): Promise<Ways> => api.get('/api/notices/ways')
export const putWays = (ways: Record<string, string>): Promise<void> => api.put('/api/notices/ways', { ways })
