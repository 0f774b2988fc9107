/** How a register's values read. Pure. */
import type { Language } from '../../../shared/i18n'
import { clockOf, dayOf } from '../../../shared/time'
import type { About, Choice, Column, Row, StepAbout, Taken } from './about'

export const NOTHING = '—'

export function wordOf(choices: readonly Choice[], value: unknown, language: Language): string {
  const found = choices.find((choice) => choice.value === value)
  if (found) return language === 'en' ? found.en : found.zh
  return value === null || value === undefined || value === '' ? NOTHING : String(value)
}

/** '87254.20' → '87,254.20'; what is no number stays. */
export function grouped(amount: string): string {
  const [whole = '', rest] = amount.split('.')
  if (!/^-?\d+$/.test(whole)) return amount
  return whole.replace(/\B(?=(\d{3})+$)/g, ',') + (rest === undefined ? '' : `.${rest}`)
}

export function momentText(value: string): string {
  const moment = new Date(value)
  return `${dayOf(moment)} ${clockOf(moment)}`
}

export const placeOf = (row: Pick<Row, 'place' | 'names_en'>, language: Language): string => (language === 'en' && row.names_en['place_id']) || row.place.name

export function shown(column: Column, row: Row, language: Language): string {
  const value = row[column.name]
  if (column.name === 'place_id') return placeOf(row, language)
  if (column.kind === 'reference') return (language === 'en' && row.names_en[column.name]) || (row.names[column.name] ?? NOTHING)
  if (value === null || value === undefined || value === '') return NOTHING
  if (column.kind === 'moment') return momentText(String(value))
  if (column.kind === 'money') return grouped(String(value))
  if (column.kind === 'list') return (value as string[]).join(language === 'en' ? ', ' : '、')
  if (column.kind === 'yes') return (language === 'en' ? ['no', 'yes'] : ['否', '是'])[Number(value)] ?? NOTHING
  return wordOf(column.choices, value, language)
}

/** The filters of a card's `rows`, which is a list's address. */
export function wheresOf(address: string): string[] {
  return new URL(address, 'http://here').searchParams.getAll('where')
}

/** The register that a card's `rows` opens: the last part of its path. */
export function registerOf(address: string): string {
  return new URL(address, 'http://here').pathname.replace(/^.*\//, '')
}

export interface TrailStep { state: string; stands: 'done' | 'now' | 'ahead'; at: string; by: string }

/** The states gone through, the present one, and those ahead by the first step that leads on, until one of `ends`. */
export function trail(about: About, row: Row, history: readonly Taken[], ends: readonly string[]): TrailStep[] {
  const now = row.state ?? ''
  const gone = new Map<string, TrailStep>()
  for (const step of history) {
    gone.set(step.before, { state: step.before, stands: 'done', at: gone.get(step.before)?.at ?? row.created_at, by: gone.get(step.before)?.by ?? '' })
    gone.delete(step.after)
    gone.set(step.after, { state: step.after, stands: 'done', at: step.at, by: step.by.name })
  }
  const last = gone.get(now)
  gone.delete(now)
  const done = [...gone.values()].filter((step) => before(about, step.state, now))
  return [...done, { state: now, stands: 'now', at: last?.at ?? row.created_at, by: last?.by ?? '' }, ...ahead(about, now, ends)]
}

/** Whether a state stands before the present one in the table of states; what was sent back is ahead again. */
function before(about: About, state: string, now: string): boolean {
  const order = about.states.map((each) => each.value)
  return order.indexOf(state) < order.indexOf(now)
}

function ahead(about: About, from: string, ends: readonly string[]): TrailStep[] {
  const found: TrailStep[] = []
  const seen = new Set([from])
  for (let state = from; !ends.includes(state);) {
    const next = about.steps.find((step) => step.before.includes(state) && !seen.has(step.after))
    if (!next) break
    state = next.after
    seen.add(state)
    found.push({ state, stands: 'ahead', at: '', by: '' })
  }
  return found
}

export interface Act { step: StepAbout; why: 'mine' | 'in-charge' | 'other' | 'no-right'; who: string }

/** The steps that are possible now, each with whether it is this person's to take, and else whose. */
export function acts(about: About, row: Row, me: string): Act[] {
  return about.steps.filter((step) => step.before.includes(row.state ?? '')).map((step) => {
    if (step.only_by && row[step.only_by] !== me) return { step, why: 'in-charge', who: row.names[step.only_by] ?? NOTHING }
    if (!step.may) return { step, why: 'no-right', who: '' }
    return { step, why: step.not_by.some((column) => row[column] === me) ? 'other' : 'mine', who: '' }
  })
}

/** What a share shows: a share of nothing is none. */
export const shareText = (one: { value: string; denominator?: string | null }): string => (Number(one.denominator ?? 1) === 0 ? NOTHING : grouped(one.value))
