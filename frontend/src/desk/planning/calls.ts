import type { Page } from '../../shared/api'
import type { components } from '../../shared/api-types'
import { api } from '../account'
import { listResources } from '../library/calls'
import type { Pick } from '../parts/SearchPick.vue'
import { t } from '../words'
import { p } from './words'

type Schemas = components['schemas']
export type SchoolNeeds = Schemas['SchoolNeeds']
export type Needs = Schemas['NeedsOut']
export type Term = Schemas['TermOut']
export type Calendar = Schemas['CalendarOut']
export type Day = Calendar['days'][number]
export type Bells = Schemas['BellsOut']
export type Offer = Schemas['OfferOut']
export type Suggestion = Schemas['SuggestionOut']
export type Course = Schemas['CourseOut']
type Query = Record<string, string | number | boolean | null>

export const listNeeds = (query: Query): Promise<Page<SchoolNeeds>> => api.get('/api/needs', query)
export const needsOf = (school: string): Promise<Needs> => api.get(`/api/needs/${school}`)
export const correct = (body: Schemas['Correcting']): Promise<Needs> => api.put('/api/needs/corrections', body)
export const takeTimetable = (school: string, form: FormData): Promise<Schemas['TimetableRead']> => api.post(`/api/needs/${school}/timetable`, form)

export const listTerms = (): Promise<Term[]> => api.get('/api/terms')
export const createTerm = (body: Schemas['TermNew']): Promise<Term> => api.post('/api/terms', body)
export const calendarOf = (term: string): Promise<Calendar> => api.get(`/api/terms/${term}/days`)
export const declareDay = (day: string, body: Schemas['Declaring']): Promise<void> => api.put(`/api/calendar-days/${day}`, body)
export const takeBackDay = (day: string, place: string): Promise<void> => api.delete(`/api/calendar-days/${day}?place=${place}`)

export const listBells = (place: string): Promise<Bells[]> => api.get('/api/bells', { place })
export const createBells = (body: Schemas['BellsNew']): Promise<Bells> => api.post('/api/bells', body)
export const removeBells = (id: string): Promise<void> => api.delete(`/api/bells/${id}`)

export const listOffers = (): Promise<Page<Offer>> => api.get('/api/delivery-offers', { limit: 100 })
export const makeOffer = (body: Schemas['OfferNew']): Promise<Offer> => api.post('/api/delivery-offers', body)
export const withdrawOffer = (id: string): Promise<void> => api.delete(`/api/delivery-offers/${id}`)
export const listCourses = (query: Query): Promise<Page<Course>> => api.get('/api/delivery-courses', query)
export const createCourse = (body: Schemas['CourseNew']): Promise<Course> => api.post('/api/delivery-courses', body)
export const planProgress = (id: string, body: Schemas['ProgressIn']): Promise<Course> => api.put(`/api/delivery-courses/${id}/progress`, body)
export const planSeating = (id: string, body: Schemas['SeatingIn']): Promise<Course> => api.put(`/api/delivery-courses/${id}/seating`, body)
export const removeCourse = (id: string): Promise<void> => api.delete(`/api/delivery-courses/${id}`)
export const listSuggestions = (term: string, place: string): Promise<Suggestion[]> => api.get('/api/delivery-suggestions', { term, place })

const FEW = 12

/** Who has an office at a school. */
export const findOf = (school: string) => async (q: string): Promise<Pick[]> => {
  const page: Page<Schemas['PersonOut']> = await api.get('/api/people', { school, q, limit: FEW })
  return page.items.map(({ id, name, roles }) => ({ id, name, note: roles.map((each) => t(`role.${each.role}`)).join(t('comma')) }))
}
/** Films of the library that are published. */
export async function findRecordings(q: string): Promise<Pick[]> {
  const page = await listResources({ q, kind: ['lesson', 'micro'], review: 'published', limit: FEW })
  return page.items.map(({ id, title, subject, grade }) => ({ id, name: title, note: p('seating.about', { subject, grade }) }))
}
