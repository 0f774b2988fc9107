import type { Page } from '../../shared/api'
import type { components } from '../../shared/api-types'
import { language } from '../../shared/i18n'
import { api } from '../account'
import type { Pick } from '../parts/SearchPick.vue'

type Schemas = components['schemas']
export type TreePlace = Schemas['TreePlace']
export type Whole = Schemas['PlaceOut']
export type State = Schemas['StateOut']
export type PlaceNew = Schemas['PlaceNew']
export type PlaceChange = Schemas['PlaceChange']
export type PlaceEnd = Schemas['PlaceEnd']
export type Class = Schemas['ClassOut']
export type Pupil = Schemas['PupilOut']
export type PupilWhole = Schemas['PupilWhole']
export type PromotionPlan = Schemas['PromotionPlanOut']
export type ClassChild = Schemas['ClassChild']
export type Purpose = ClassChild['consents'][number]
export type Promotion = Schemas['PromotionOut']
export type Import = Schemas['ImportOut']
export type ImportLine = Schemas['LineOut']
export type Delegation = Schemas['DelegationOut']

type Query = Record<string, string | number | boolean | null>
const FEW = 12

export const listTree = (parent: string | null, on: string | null): Promise<Page<TreePlace>> => api.get('/api/organisations/tree', { parent, on })
export const onePlace = (id: string): Promise<Whole> => api.get(`/api/organisations/${id}`)
export const addPlace = (body: PlaceNew): Promise<Whole> => api.post('/api/organisations', body)
export const changePlace = (id: string, body: PlaceChange): Promise<Whole> => api.patch(`/api/organisations/${id}`, body)
export const closePlace = (id: string, body: PlaceEnd): Promise<Whole> => api.post(`/api/organisations/${id}/close`, body)
export const takeBack = (id: string): Promise<Whole> => api.delete(`/api/organisations/${id}/planned`)

export const listClasses = (query: Query): Promise<Page<Class>> => api.get('/api/classes', query)
export const createClass = (body: Schemas['ClassNew']): Promise<Class> => api.post('/api/classes', body)
export const changeClass = (id: string, body: Schemas['ClassChange']): Promise<Class> => api.patch(`/api/classes/${id}`, body)
export const endClass = (id: string, version: number): Promise<void> => api.post(`/api/classes/${id}/end`, { version })
export const listPupils = (query: Query): Promise<Page<Pupil>> => api.get('/api/pupils', query)
export const onePupil = (id: string): Promise<PupilWhole> => api.get(`/api/pupils/${id}`)
export const takeIn = (body: Schemas['PupilNew']): Promise<PupilWhole> => api.post('/api/pupils', body)
export const movePupil = (id: string, body: Schemas['PupilMove']): Promise<PupilWhole> => api.post(`/api/pupils/${id}/move`, body)
export const pupilLeaves = (id: string, body: Schemas['PupilLeave']): Promise<PupilWhole> => api.post(`/api/pupils/${id}/leave`, body)
export const givePin = (id: string, pin: string): Promise<void> => api.put(`/api/pupils/${id}/pin`, { pin })

export const classConsents = (id: string): Promise<Schemas['ClassConsents']> => api.get(`/api/classes/${id}/consents`)
export const recordPapers = (id: string, body: Schemas['PaperConsents']): Promise<Schemas['PapersRecorded']> => api.post(`/api/classes/${id}/consents`, body)
export const withdrawOnPaper = (id: string, child: string, purpose: Purpose): Promise<void> => api.delete(`/api/classes/${id}/consents/${child}/${purpose}`)

export const listPromotions = (): Promise<Promotion[]> => api.get('/api/promotions')
export const tryPromotion = (body: Schemas['PromotionWanted']): Promise<PromotionPlan> => api.post('/api/promotions/trial', body)
export const promote = (body: Schemas['PromotionWanted']): Promise<unknown> => api.post('/api/promotions', body)
export const undoPromotion = (id: string): Promise<Promotion> => api.post(`/api/promotions/${id}/undo`)

export const listDelegations = (query: Query): Promise<Page<Delegation>> => api.get('/api/delegations', query)
export const lend = (body: Schemas['DelegationNew']): Promise<Delegation> => api.post('/api/delegations', body)
export const revoke = (id: string): Promise<void> => api.post(`/api/delegations/${id}/revoke`)

export const listImports = (query: Query): Promise<Page<Import>> => api.get('/api/imports', query)
export const oneImport = (id: string): Promise<Import> => api.get(`/api/imports/${id}`)
export const wrongLines = (id: string): Promise<Page<ImportLine>> => api.get(`/api/imports/${id}/lines`, { wrong: true, limit: 100 })
export const sendImport = (form: FormData): Promise<Import> => api.post('/api/imports', form)
export const applyImport = (id: string): Promise<Import> => api.post(`/api/imports/${id}/apply`)
export const undoImport = (id: string): Promise<Import> => api.post(`/api/imports/${id}/undo`)
export const discardImport = (id: string): Promise<void> => api.delete(`/api/imports/${id}`)
export const importTemplate = (kind: string): Promise<Blob> => api.blob(`/api/imports/template?kind=${kind}`)
export const exportSheet = (what: 'classes' | 'pupils', place: string): Promise<Blob> => api.blob(`/api/roster/${what}.xlsx?place=${place}&language=${language.value}`)
export const exportRoster = (place: string): Promise<Blob> => api.blob(`/api/roster/oneroster.zip?place=${place}`)

export async function findClasses(q: string): Promise<Pick[]> {
  const page = await listClasses({ q, limit: FEW })
  return page.items.map(({ id, name, school }) => ({ id, name: `${school.name} ${name}`, note: school.county ?? '' }))
}

export async function findPeople(q: string): Promise<Pick[]> {
  const page: Page<Schemas['PersonOut']> = await api.get('/api/people', { q, limit: FEW })
  return page.items.map(({ id, name, roles }) => ({ id, name, note: roles[0]?.organisation.name ?? '' }))
}
