import { describe, expect, test } from 'vitest'
import type { About, Column, Row, StepAbout, Taken } from './about'
import { acts, grouped, registerOf, shown, trail, wheresOf } from './values'

const column = (name: string, kind: Column['kind'], choices: Column['choices'] = []): Column => ({ name, kind, choices, zh: name, en: name })
const row = (values: Partial<Row>): Row => ({ id: '1', version: 1, place: { id: 'p', name: '晴隆县' }, created_by: null, created_at: '2026-09-01T00:00:00Z', names: {}, names_en: {}, ...values })
const step = (name: string, before: string[], after: string, more: Partial<StepAbout> = {}): StepAbout =>
  ({ name, zh: name, en: name, before, after, reason: false, evidence: false, may: true, only_by: null, not_by: [], ...more })
const taken = (before: string, after: string): Taken => ({ step: '', before, after, reason: '', by: { id: 'x', name: '甲' }, at: '2026-09-02T00:00:00Z' })
const LISTS: About = {
  columns: [], creates: true, changes: true, files: true, attaches: true, sensitive: false, searched: true,
  states: ['open', 'submitted', 'closed'].map((value) => ({ value, zh: value, en: value })),
  steps: [step('submit', ['open'], 'submitted', { only_by: 'owner_id' }), step('accept', ['submitted'], 'closed', { not_by: ['owner_id'] }), step('send_back', ['submitted'], 'open')],
}

describe('values', () => {
  test('money is grouped and keeps its two places', () => {
    expect(['87254.20', '0.05', '-1234567.00', '600'].map(grouped)).toEqual(['87,254.20', '0.05', '-1,234,567.00', '600'])
  })
  test('ids are shown by their names, places by theirs', () => {
    const it = row({ owner_id: 'u', place_id: 'p', names: { owner_id: '杨立群' } })
    expect(shown(column('owner_id', 'reference'), it, 'zh-CN')).toBe('杨立群')
    expect(shown(column('place_id', 'reference'), it, 'zh-CN')).toBe('晴隆县')
    expect(shown(column('child_id', 'reference'), row({ child_id: null }), 'zh-CN')).toBe('—')
  })
  test('codes are shown by their words in the language of the page', () => {
    const kind = column('kind', 'text', [{ value: 'referral', zh: '转诊', en: 'Referral' }])
    expect([shown(kind, row({ kind: 'referral' }), 'en'), shown(kind, row({ kind: 'other' }), 'en')]).toEqual(['Referral', 'other'])
  })
  test("a card's rows give the register and its filters", () => {
    const address = '/api/lists/items?where=state!closed&where=due<=2026-11-20'
    expect([registerOf(address), wheresOf(address)]).toEqual(['items', ['state!closed', 'due<=2026-11-20']])
  })
})

describe('the trail of a row', () => {
  const states = (state: string, history: Taken[]) => trail(LISTS, row({ state }), history, ['closed']).map((each) => [each.state, each.stands])
  test('a new row stands at the first state with the others ahead', () => {
    expect(states('open', [])).toEqual([['open', 'now'], ['submitted', 'ahead'], ['closed', 'ahead']])
  })
  test('what was sent back is ahead again', () => {
    expect(states('open', [taken('open', 'submitted'), taken('submitted', 'open')])).toEqual([['open', 'now'], ['submitted', 'ahead'], ['closed', 'ahead']])
  })
  test('what is closed has everything behind it', () => {
    expect(states('closed', [taken('open', 'submitted'), taken('submitted', 'closed')])).toEqual([['open', 'done'], ['submitted', 'done'], ['closed', 'now']])
  })
})

describe('the acts of a row', () => {
  test("the owner's step is the owner's, the acceptor must be another", () => {
    const it = row({ state: 'open', owner_id: 'u', names: { owner_id: '杨立群' } })
    expect(acts(LISTS, it, 'v').map(({ why, who }) => [why, who])).toEqual([['in-charge', '杨立群']])
    expect(acts(LISTS, it, 'u').map(({ why }) => why)).toEqual(['mine'])
    expect(acts(LISTS, row({ ...it, state: 'submitted' }), 'u').map(({ why }) => why)).toEqual(['other', 'mine'])
  })
})
