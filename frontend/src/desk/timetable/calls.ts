import { search, type Page } from '../../shared/api'
import type { components } from '../../shared/api-types'
import { api } from '../account'

type Schemas = components['schemas']
export type Term = Schemas['TermOut']
export type Week = Schemas['WeekOut']
export type Cell = Schemas['CellOut']
export type Unplaced = Schemas['UnplacedOut']
export type Draft = Schemas['DraftOut']
export type Move = Schemas['MoveIn']
export type Slots = Schemas['SlotsOut']
export type Slot = Slots['slots'][number]
export type Judgement = Schemas['JudgementOut']
export type Fault = Judgement['faults'][number]
export type Clash = Schemas['ClashOut']
export type Run = Schemas['RunOut']
export type Repair = Schemas['RepairOut']
export type Preview = Schemas['PreviewOut']
export type Counts = Schemas['CountsOut']
export type Change = Schemas['ChangeOut']
export type Publication = Schemas['PublicationOut']
export type Version = Schemas['VersionOut']
export type Rates = Schemas['RatesOut']
export type TierRate = Schemas['TierRate']
export type CourseRate = Schemas['CourseRate']
export type LedgerLesson = Schemas['LedgerLesson']
export type Feed = Schemas['FeedOut']
export type FeedKind = Feed['kind']
export type Rule = Schemas['RuleOut']
export type Absence = Schemas['AbsenceOut']
type Query = Record<string, string | number | boolean | null>

export const MOST_CELLS = 2000

export const listTerms = (): Promise<Term[]> => api.get('/api/terms')
export const listDrafts = (query: Query): Promise<Page<Draft>> => api.get('/api/timetable-drafts', query)
export const createDraft = (body: Schemas['DraftNew']): Promise<Draft> => api.post('/api/timetable-drafts', body)
export const showDraft = (id: string): Promise<Draft> => api.get(`/api/timetable-drafts/${id}`)
export const renameDraft = (id: string, revision: number, name: string): Promise<Draft> => api.patch(`/api/timetable-drafts/${id}`, { revision, name })
export const removeDraft = (id: string): Promise<void> => api.delete(`/api/timetable-drafts/${id}`)
export const draftWeek = (id: string, county = ''): Promise<Week> => api.get(`/api/timetable-drafts/${id}/week`, { limit: MOST_CELLS, ...(county && { by: 'county', of: county }) })
export const moveLessons = (id: string, revision: number, moves: Move[]): Promise<Schemas['MovesOut']> => api.patch(`/api/timetable-drafts/${id}/lessons`, { revision, moves })
export const judge = (id: string): Promise<Judgement> => api.get(`/api/timetable-drafts/${id}/judgement`)
export const slotsOf = (id: string, course: string, number: number): Promise<Slots> => api.get(`/api/timetable-drafts/${id}/slots`, { course, number })
export const explain = (id: string, course: string): Promise<Clash> => api.get(`/api/timetable-drafts/${id}/clash`, { course })
export const solve = (id: string, seconds: number): Promise<Run> => api.post(`/api/timetable-drafts/${id}/solve`, { seconds, seed: 0 })
export const showRun = (id: string): Promise<Run> => api.get(`/api/timetable-drafts/${id}/run`)
export const stopRun = (id: string): Promise<Run> => api.post(`/api/timetable-drafts/${id}/stop`)
export const propose = (id: string): Promise<Repair[]> => api.post(`/api/timetable-drafts/${id}/repairs`)
export const takeSheet = (id: string, form: FormData): Promise<Schemas['DraftSheetOut']> => api.post(`/api/timetable-drafts/${id}/sheet`, form)
export const previewOf = (id: string): Promise<Preview> => api.get(`/api/timetable-drafts/${id}/changes`)
export const publish = (id: string, revision: number, note: string): Promise<Publication> => api.post(`/api/timetable-drafts/${id}/publish`, { revision, note })
export const publicationOf = (id: string): Promise<Publication> => api.get(`/api/timetable-drafts/${id}/publication`)

export const listAbsences = (term: string): Promise<Page<Absence>> => api.get('/api/timetable-absences', { term, limit: 100 })
export const addAbsence = (body: Schemas['AbsenceIn']): Promise<Absence> => api.post('/api/timetable-absences', body)
export const removeAbsence = (id: string): Promise<void> => api.delete(`/api/timetable-absences/${id}`)
export type Capacity = Schemas['CapacityOut']
export const listCapacities = (query: Query): Promise<Page<Capacity>> => api.get('/api/line-capacities', query)
export const declareCapacity = (place: string, body: Schemas['CapacityIn']): Promise<Capacity> => api.put(`/api/line-capacities/${place}`, body)
export const listRules = (place: string): Promise<Rule[]> => api.get('/api/timetable-rules', { place })
export const chooseRules = (place: string, rules: Schemas['RuleChoiceIn'][]): Promise<Rule[]> => api.put('/api/timetable-rules', { place_id: place, rules })

export interface Shown { term: string; week: number; by: 'class' | 'room' | 'teacher' | 'school' | 'county'; of: string }
export const publishedWeek = (shown: Shown): Promise<Week> => api.get('/api/timetable/week', { ...shown, limit: MOST_CELLS })
export const weekSheet = (shown: Shown): string => `/api/timetable/week/sheet${search({ ...shown })}`
export const cancelLesson = (id: string, reason: string): Promise<Version> => api.post(`/api/published-lessons/${id}/cancel`, { reason })
export const restoreLesson = (id: string): Promise<Version> => api.post(`/api/published-lessons/${id}/restore`)
export const substitute = (id: string, person: string, reason: string): Promise<Version> => api.post(`/api/published-lessons/${id}/substitute`, { person_id: person, reason })
export const listVersions = (query: Query): Promise<Page<Version>> => api.get('/api/timetable-versions', query)
export const changesOf = (version: string, query: Query): Promise<Page<Change>> => api.get(`/api/timetable-versions/${version}/changes`, query)

export interface Span { place: string; begins: string; ends: string }
export const ratesOf = (span: Span): Promise<Rates> => api.get('/api/timetable-rates', { ...span })
export const listCourseRates = (query: Query): Promise<Page<CourseRate>> => api.get('/api/timetable-rates/courses', query)
export const ledgerOf = (course: string, query: Query): Promise<Page<LedgerLesson>> => api.get(`/api/timetable-rates/courses/${course}/lessons`, query)

export const listFeeds = (query: Query): Promise<Page<Feed>> => api.get('/api/calendar-feeds', query)
export const makeFeed = (kind: FeedKind, who: string | null): Promise<Schemas['FeedMade']> => api.post('/api/calendar-feeds', { kind, who_id: who })
export const revokeFeed = (id: string): Promise<void> => api.delete(`/api/calendar-feeds/${id}`)
