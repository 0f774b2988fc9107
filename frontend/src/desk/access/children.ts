export type Purpose = 'live' | 'recording' | 'space' | 'bracelet'
export const PURPOSES: readonly Purpose[] = ['live', 'recording', 'space', 'bracelet']

export interface ChildLine {
  id: string
  name: string
  school: string | null
  class_name: string | null
  under_14: boolean
  consents: Purpose[]
}
export interface Request {
  id: string
  child: { id: string; name: string }
  kind: 'correction' | 'erasure'
  words: string
  at: string
  due_at: string
  done_at: string | null
  answer: string | null
}
export interface ChildFile extends ChildLine {
  born: string | null
  guardians: { id: string; name: string; relation: string; since: string }[]
  history: { purpose: Purpose; guardian: string | null; paper: string | null; signed_on: string | null; given_at: string; withdrawn_at: string | null }[]
  holdings: { key: string; zh: string; en: string; rows: Record<string, unknown>[] }[]
  requests: Request[]
  looks: { at: string; by: string; action: 'child.look' | 'child.export' | 'number.unmask' }[]
  mine: boolean
}
