/** Where the teacher's page stands. A table in one file; pure.
 *
 *      live        her picture goes out, or is on its way back after a break
 *      rehearsing  it goes out to the rehearsal, which nobody watches
 *      taken       another person holds the lesson's main slot
 *      resume      the lesson runs without her: she left by accident, or has not yet come back
 *      ready       nothing has begun
 *      foreign     a colleague leads this lesson
 */
import type { SlotFact } from '../../live/facts'

export type Stage = 'foreign' | 'live' | 'rehearsing' | 'taken' | 'resume' | 'ready'
export type Mode = 'off' | 'live' | 'rehearsal'

export interface Situation {
  mode: Mode
  hers: boolean
  startedAt: string | null
  slot: SlotFact | null
  me: string
}

export function stageOf({ mode, hers, startedAt, slot, me }: Situation): Stage {
  if (mode === 'live') return 'live'
  if (mode === 'rehearsal') return 'rehearsing'
  if (!hers) return 'foreign'
  if (heldByOther(slot, me)) return 'taken'
  return startedAt ? 'resume' : 'ready'
}

/** A demo teacher makes way by itself, so it does not hold the lesson. */
export function heldByOther(slot: SlotFact | null, me: string): boolean {
  return Boolean(slot?.live && slot.human && slot.person !== me)
}
