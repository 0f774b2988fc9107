export const KINDS = ['bullying', 'content', 'stranger', 'other'] as const
export interface OwnReport {
  id: string
  kind: (typeof KINDS)[number]
  at: string
  state: 'waiting' | 'taken' | 'closed'
  place: string
}
export interface Report extends OwnReport {
  by: { id: string; name: string }
  words: string
  due_at: string
  handed_on: number
  outcome: string | null
}
