import { search, type Page } from '../../shared/api'
import type { components } from '../../shared/api-types'
import { api } from '../account'

type Schemas = components['schemas']
export type Card = Schemas['ResourceCard']
export type Resource = Schemas['ResourceOut']
export type Media = Schemas['MediaOut']
export type Facets = Schemas['FacetsOut']
export type Branch = Schemas['Branch']
export type Note = Schemas['NoteOut']
export type Upload = Schemas['UploadOut']
export type UploadNew = Schemas['UploadNew']
/** What describes a resource, as a form holds it. */
export type Draft = Pick<Card, 'title' | 'description' | 'kind' | 'grade' | 'subject' | 'textbook_version' | 'volume' | 'unit' | 'chapter' | 'licence' | 'scope'>
export type Kind = Card['kind']
export type Scope = Card['scope']

export const KINDS: readonly Kind[] = ['lesson', 'slides', 'plan', 'micro', 'exercise', 'material']
export const SCOPES: readonly Scope[] = ['school', 'county', 'prefecture', 'public']
export const LICENCES: readonly Card['licence'][] = ['house', 'cc-by', 'cc-by-sa', 'cc-by-nc', 'reserved']

type Scalar = string | number | boolean | null
export interface Wanted { [name: string]: Scalar | string[] }

/** Lists repeat their name (`kind=a&kind=b`), as the API wants it. */
function asked(wanted: Wanted): string {
  const plain: Record<string, Scalar> = {}
  const lists: [string, string][] = []
  for (const [name, value] of Object.entries(wanted)) {
    if (Array.isArray(value)) lists.push(...value.map((one): [string, string] => [name, one]))
    else plain[name] = value
  }
  const first = search(plain)
  const rest = new URLSearchParams(lists).toString()
  return first && rest ? `${first}&${rest}` : first || (rest && `?${rest}`)
}

const at = (id: string, act = ''): string => `/api/resources/${encodeURIComponent(id)}${act}`

export const listResources = (wanted: Wanted): Promise<Page<Card>> => api.get(`/api/resources${asked(wanted)}`)
export const countResources = (wanted: Wanted): Promise<Facets> => api.get(`/api/resources/facets${asked(wanted)}`)
export const readResource = (id: string): Promise<Resource> => api.get(at(id))
export const changeResource = (id: string, body: Draft & { version: number }): Promise<Resource> => api.patch(at(id), body)
export const stepReview = (id: string, step: string, reason?: string): Promise<Resource> =>
  api.post(at(id, `/${step}`), reason === undefined ? undefined : { reason })
export const addCaptions = (id: string, language: string, text: string): Promise<Resource> => api.post(at(id, '/captions'), { language, text })
export const keepPosition = (id: string, position: number): Promise<void> => api.put(at(id, '/position'), { position })
export const setFavourite = (id: string, wanted: boolean): Promise<void> => wanted ? api.put(at(id, '/favourite')) : api.delete(at(id, '/favourite'))
export const listNotes = (id: string): Promise<Page<Note>> => api.get(at(id, '/notes'))
export const writeNote = (id: string, moment: number, text: string): Promise<Note> => api.post(at(id, '/notes'), { at: moment, text })

const of = (id: string, act = ''): string => `/api/uploads/${encodeURIComponent(id)}${act}`
export const beginUpload = (body: UploadNew): Promise<Upload> => api.post('/api/uploads', body)
export const readUpload = (id: string): Promise<Upload> => api.get(of(id))
export const listUploads = (): Promise<Page<Upload>> => api.get('/api/uploads')
export const askParts = (id: string, parts: { number: number; sha256?: string }[]): Promise<Schemas['PartAddresses']> => api.post(of(id, '/parts'), { parts })
export const completeUpload = (id: string): Promise<Upload> => api.post(of(id, '/complete'), {})
export const abandonUpload = (id: string): Promise<void> => api.delete(of(id))

export type Master = Schemas['TeacherOut']
export type LessonRequest = Schemas['LessonRequestOut']
const ofMaster = (id: string, act = ''): string => `/api/master-teachers/${encodeURIComponent(id)}${act}`
export const listMasters = (query: Record<string, Scalar>): Promise<Page<Master>> => api.get('/api/master-teachers', query)
export const readMaster = (id: string): Promise<Master> => api.get(ofMaster(id))
export const listSeries = (owner: string): Promise<Page<Schemas['SeriesOut']>> => api.get('/api/series', { owner })
export const askLesson = (id: string, wish: Schemas['LessonRequestNew']): Promise<LessonRequest> => api.post(ofMaster(id, '/requests'), wish)
export const listRequests = (): Promise<Page<LessonRequest>> => api.get('/api/lesson-requests')
export const answerRequest = (id: string, accepted: boolean, answer: string): Promise<LessonRequest> =>
  api.post(`/api/lesson-requests/${encodeURIComponent(id)}/answer`, { accepted, answer })

export type Series = Schemas['SeriesOut']
export type SeriesNew = Schemas['SeriesNew']
const ofSeries = (id: string): string => `/api/series/${encodeURIComponent(id)}`
export const listAllSeries = (query: Record<string, Scalar>): Promise<Page<Series>> => api.get('/api/series', query)
export const readSeries = (id: string): Promise<Series> => api.get(ofSeries(id))
export const makeSeries = (body: SeriesNew): Promise<Series> => api.post('/api/series', body)
export const orderSeries = (id: string, body: SeriesNew): Promise<Series> => api.put(ofSeries(id), body)

export type Source = Schemas['SourceOut']
export type Space = Schemas['SpaceOut']
export type SheetRead = Schemas['ResourceSheetOut']
export const listSources = (): Promise<Page<Source>> => api.get('/api/resource-sources')
export const addSource = (body: Schemas['SourceNew']): Promise<Source> => api.post('/api/resource-sources', body)
export const removeSource = (id: string): Promise<void> => api.delete(`/api/resource-sources/${encodeURIComponent(id)}`)
export const harvestNow = (id: string): Promise<Source> => api.post(`/api/resource-sources/${encodeURIComponent(id)}/harvest`)
export const readSpace = (place: string): Promise<Space> => api.get(`/api/quotas/${encodeURIComponent(place)}`)
export const setSpace = (place: string, bytes: number): Promise<Space> => api.put(`/api/quotas/${encodeURIComponent(place)}`, { bytes })
export const takeSheet = (form: FormData, dry: boolean): Promise<SheetRead> => api.post(`/api/resource-sheet?dry_run=${dry}`, form)
