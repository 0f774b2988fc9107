import type { components } from '../../../shared/api-types'
import { api } from '../../account'
import { saved } from '../shape/about'
import type { FeeLine, TheirLine } from './lines'

type Schemas = components['schemas']
export type Statement = Schemas['StatementOut']
export type Parts = Schemas['PartsOut']
export type Window = Schemas['WindowOut']
export type Stay = Schemas['StayOut']
export type Reconciliation = Schemas['ReconciliationOut']

const at = (path: string): string => `/api/settlement/${path}`

export const readWindow = (open: boolean): Promise<Window> => api.get(at('window'), { open })
export const admit = (body: Schemas['Admission']): Promise<{ id: string }> => api.post(at('encounters'), body)
export const putItems = (id: string, items: FeeLine[]): Promise<void> => api.put(at(`encounters/${id}/items`), { items })
export const preview = (id: string): Promise<Parts> => api.get(at(`encounters/${id}/preview`))
export const settle = (id: string): Promise<Schemas['SettlementOut']> => api.post(at(`encounters/${id}/settle`))
export const reverse = (id: string, reason: string): Promise<Schemas['SettlementOut']> => api.post(at(`encounters/${id}/reverse`), { reason })
export const readStatement = (id: string): Promise<Statement> => api.get(at(`settlements/${id}/statement`))
export const saveStatement = (id: string, number: string): Promise<void> => saved(at(`settlements/${id}/statement/xlsx`), `${number}.xlsx`)
export const reconcile = (body: { place_id: string; region: string; month: string; lines: TheirLine[] }): Promise<Reconciliation> => api.post(at('reconciliations'), body)
