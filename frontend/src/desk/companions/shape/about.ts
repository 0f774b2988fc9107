/** A register as the server tells it, and the few calls that every register answers. */
import type { Page } from '../../../shared/api'
import type { components } from '../../../shared/api-types'
import { api } from '../../account'

type Schemas = components['schemas']
export type About = Schemas['About']
export type Column = Schemas['ColumnAbout']
export type StepAbout = Schemas['StepAbout']
export type Choice = Schemas['Choice']
export type Counts = Schemas['StateCounts']
export type Card = Schemas['Card']
export type Taken = Schemas['StepOut']
export type Kept = Schemas['EvidenceOut']
export type Intake = Schemas['IntakeOut']

export interface Row {
  id: string
  version: number
  place: { id: string; name: string }
  created_by: string | null
  created_at: string
  names: Record<string, string>
  names_en: Record<string, string>
  state?: string
  [column: string]: unknown
}

export type Asked = { where: readonly string[]; q: string }

/** `?where=…&where=…&q=…` and what else is asked for. */
export function query(asked: Asked, more: Record<string, string | number | boolean | null> = {}): string {
  const found = new URLSearchParams(asked.where.map((each) => ['where', each]))
  if (asked.q) found.set('q', asked.q)
  for (const [key, value] of Object.entries(more)) if (value !== null && value !== '') found.set(key, String(value))
  return found.size ? `?${found.toString()}` : ''
}

/** The doors of one register: `base` is `/api/<module>/<path>`. */
export function registerAt(base: string) {
  const one = (id: string): string => `${base}/${encodeURIComponent(id)}`
  return {
    about: (): Promise<About> => api.get(`${base}/about`),
    counts: (): Promise<Counts> => api.get(`${base}/counts`),
    list: (asked: Asked, page: Record<string, string | number | boolean | null>): Promise<Page<Row>> => api.get(base + query(asked, page)),
    one: (id: string): Promise<Row> => api.get(one(id)),
    form: (change: boolean): Promise<Record<string, unknown>> => api.get(`${base}/form`, { change }),
    create: (body: unknown): Promise<Row> => api.post(base, body),
    change: (id: string, body: unknown): Promise<Row> => api.patch(one(id), body),
    history: (id: string): Promise<Taken[]> => api.get(`${one(id)}/history`),
    step: (id: string, name: string, body: { version: number; reason: string }): Promise<Row> => api.post(`${one(id)}/${name}`, body),
    files: (id: string): Promise<Kept[]> => api.get(`${one(id)}/files`),
    attach: (id: string, file: File): Promise<Kept> => sent(`${one(id)}/files`, 'file', file),
    file: (id: string, file: Kept): Promise<void> => saved(`${one(id)}/files/${file.id}`, file.name),
    sheet: (asked: Asked, format: 'xlsx' | 'csv', language: string, name: string): Promise<void> =>
      saved(`${base}/export${query(asked, { format, language })}`, `${name}.${format}`),
    take: (file: File, dry: boolean): Promise<Intake> => sent(`${base}/import?dry_run=${dry}`, 'sheet', file),
  }
}
export type Doors = ReturnType<typeof registerAt>

function sent<Answer>(address: string, field: string, file: File): Promise<Answer> {
  const form = new FormData()
  form.append(field, file)
  return api.post(address, form)
}

/** A file behind the sign-in, kept under its name. */
export async function saved(address: string, name: string): Promise<void> {
  const link = document.createElement('a')
  link.href = URL.createObjectURL(await api.blob(address))
  link.download = name
  link.click()
  URL.revokeObjectURL(link.href)
}
