/**
 * The states of one media session, watching or publishing. Everything that may change a state is in this file.
 *
 *   idle ──start──▶ connecting ──connected──▶ playing ◀──heard, connected── stalled
 *                       │ failed, late          │ quiet, lost ──────────────▶ │ gone, unreachable, too long
 *                       ▼                       ▼                             ▼
 *                    reconnecting ◀─────────────┴─────────────────────────────┘      close, or a refusal for good: closed
 *
 * Pure: `now` is in milliseconds, `chance` in 0…1. The shell (session.ts) carries out the acts in the order given.
 */
import { backoff } from './backoff'

export interface Cause {
  /** The problem document's code, or "network", "late", "lost", "gone", "quiet". */
  code: string
  status: number
  /** What the server says about it, in both languages; empty when nothing answered. */
  zh: string
  en: string
}
export type State =
  | { name: 'idle' }
  | { name: 'connecting'; since: number }
  | { name: 'playing' }
  /** `broken`: the path itself is lost, so hearing nothing is no surprise. `restarted`: an ICE restart was tried. */
  | { name: 'stalled'; since: number; asked: number; broken: boolean; restarted: boolean }
  /** `due` is when the next opening starts; `opening` is true while one runs, since `due`. */
  | { name: 'reconnecting'; attempt: number; due: number; opening: boolean; cause: Cause }
  | { name: 'closed'; cause: Cause | null }

export type Event =
  | { type: 'start' }
  | { type: 'connected' }
  /** An opening did not succeed. `final`: asking again would get the same refusal. `elsewhere`: another relay is left to try. */
  | { type: 'failed'; cause: Cause; final: boolean; wait?: number; elsewhere?: boolean }
  | { type: 'lost' }
  | { type: 'quiet' }
  | { type: 'heard' }
  | { type: 'found'; found: 'alive' | 'gone' | 'unreachable'; elsewhere?: boolean }
  | { type: 'restarted'; done: boolean }
  | { type: 'nudge' }
  | { type: 'tick' }
  | { type: 'close' }

/** open: drop what there is and POST anew. check: OPTIONS on the session. restart: ICE restart by PATCH. end: DELETE and drop. */
export type Act = 'open' | 'check' | 'restart' | 'end'
export interface Step { state: State; acts: Act[] }

/** An opening that has led to no media path by then has failed. */
export const OPENING_LIMIT = 12_000
/** How often the server is asked again whether it knows a stalled session. */
export const ASK_AGAIN = 1_500
/** A session that the server knows, but from which nothing comes, gets an ICE restart, later a new session. */
export const RESTART_AFTER = 5_000
export const REOPEN_AFTER = 11_000

const cause = (code: string): Cause => ({ code, status: 0, zh: '', en: '' })
/** A class waits for every one of these, so they stay short. */
const wait = (attempt: number, chance: number) => backoff(attempt, chance, 500, 4_000)
const stay = (state: State, ...acts: Act[]): Step => ({ state, acts })
const again = (why: Cause, attempt: number, due: number): Step =>
  stay({ name: 'reconnecting', attempt, due, opening: false, cause: why })
const atOnce = (code: string, now: number, attempt = 0): Step =>
  stay({ name: 'reconnecting', attempt, due: now, opening: true, cause: cause(code) }, 'open')

/** The next state and what to do. An event that means nothing in a state leaves it as the same object. */
export function reduce(state: State, event: Event, now: number, chance: number): Step {
  if (event.type === 'close') return stay({ name: 'closed', cause: null }, 'end')
  switch (state.name) {
    case 'idle':
    case 'closed':
      return event.type === 'start' ? stay({ name: 'connecting', since: now }, 'open') : stay(state)
    case 'connecting':
      return connecting(state, event, now, chance)
    case 'playing':
      return playing(state, event, now)
    case 'stalled':
      return stalled(state, event, now, chance)
    case 'reconnecting':
      return reconnecting(state, event, now, chance)
  }
}

type In<Name extends State['name']> = Extract<State, { name: Name }>

function connecting(state: In<'connecting'>, event: Event, now: number, chance: number): Step {
  if (event.type === 'connected') return stay({ name: 'playing' })
  if (event.type === 'failed') return failed(event, 0, now, chance)
  if (event.type === 'lost') return again(cause('lost'), 1, now + wait(0, chance))
  if (event.type === 'tick' && now - state.since > OPENING_LIMIT) return atOnce('late', now, 1)
  return stay(state)
}

function playing(state: In<'playing'>, event: Event, now: number): Step {
  if (event.type === 'quiet' || event.type === 'lost') {
    return stay({ name: 'stalled', since: now, asked: now, broken: event.type === 'lost', restarted: false }, 'check')
  }
  if (event.type === 'nudge') return stay(state, 'check')
  if (event.type === 'found' && event.found === 'gone') return atOnce('gone', now)
  return stay(state)
}

function stalled(state: In<'stalled'>, event: Event, now: number, chance: number): Step {
  switch (event.type) {
    case 'heard':
    case 'connected':
      return stay({ name: 'playing' })
    case 'lost':
      return stay({ ...state, broken: true, asked: now }, 'check')
    case 'nudge':
      return stay({ ...state, asked: now }, 'check')
    case 'found':
      return found(state, event, now, chance)
    case 'restarted':
      return event.done ? stay(state) : atOnce('quiet', now, 1)
    case 'tick':
      if (now - state.since > REOPEN_AFTER) return atOnce('quiet', now, 1)
      return now - state.asked >= ASK_AGAIN ? stay({ ...state, asked: now }, 'check') : stay(state)
    default:
      return stay(state)
  }
}

function found(state: In<'stalled'>, event: Extract<Event, { type: 'found' }>, now: number, chance: number): Step {
  if (event.found === 'gone') return atOnce('gone', now)
  if (event.found === 'unreachable' && event.elsewhere) return atOnce('network', now)
  if (event.found === 'unreachable') return again(cause('network'), 1, now + wait(0, chance))
  const due = !state.restarted && (state.broken || now - state.since > RESTART_AFTER)
  return due ? stay({ ...state, restarted: true }, 'restart') : stay(state)
}

function reconnecting(state: In<'reconnecting'>, event: Event, now: number, chance: number): Step {
  const open = (attempt: number): Step => stay({ ...state, attempt, due: now, opening: true }, 'open')
  if (event.type === 'connected') return stay({ name: 'playing' })
  if (event.type === 'failed') return failed(event, state.attempt, now, chance)
  if (event.type === 'lost') return again(cause('lost'), state.attempt + 1, now + wait(state.attempt, chance))
  if (event.type === 'nudge' && !state.opening) return open(0)
  if (event.type !== 'tick') return stay(state)
  if (state.opening) return now - state.due > OPENING_LIMIT ? open(state.attempt + 1) : stay(state)
  return now >= state.due ? open(state.attempt) : stay(state)
}

function failed(event: Extract<Event, { type: 'failed' }>, attempt: number, now: number, chance: number): Step {
  if (event.final) return stay({ name: 'closed', cause: event.cause }, 'end')
  if (event.elsewhere) return stay({ name: 'reconnecting', attempt, due: now, opening: true, cause: event.cause }, 'open')
  return again(event.cause, attempt + 1, now + (event.wait ?? wait(attempt, chance)))
}

/** Whether this refusal would come again: a wrong offer, a wrong role, a taken slot, a lesson that is over. 401 is cured by a new ticket. */
export function isFinal(status: number): boolean {
  return [400, 403, 405, 406, 409, 410, 413, 415, 422].includes(status)
}
