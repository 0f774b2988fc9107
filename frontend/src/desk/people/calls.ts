import type { Page } from '../../shared/api'
import type { Adult, GivenRole, PersonChange, PersonNew } from '../../shared/shapes'
import { api } from '../account'

export type { Adult, GivenRole }

type Query = Record<string, string | number | boolean | null>

export const listPeople = (query: Query): Promise<Page<Adult>> => api.get('/api/people', query)
export const createPerson = (body: PersonNew): Promise<Adult> => api.post('/api/people', body)
export const changePerson = (id: string, body: PersonChange): Promise<Adult> => api.patch(`/api/people/${id}`, body)
