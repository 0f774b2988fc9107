/** Where a lesson in hand may go, by column of the grid. Pure. */
import { bandAt, type At, type Clock } from './bands'
import type { Fault, Slot } from './calls'
import type { Spot } from './carrying'
import { columnOf } from './score'
import { slotAt } from './weeks'

export interface Mark { kind: 'free' | 'blocked'; slot: Slot }

const cost = (faults: readonly Fault[]): number => faults.reduce((sum, one) => sum + one.cost, 0)
const better = (one: Slot, other: Slot): boolean =>
  one.free !== other.free ? one.free : one.here !== other.here ? one.here : cost(one.faults) < cost(other.faults)

/** Column → the best time in it: a free one first, then where the lesson is, then the one that weighs least. */
export function marksOf(slots: readonly Slot[], bands: readonly Clock[]): Map<number, Mark> {
  const found = new Map<number, Mark>()
  for (const slot of slots) {
    const at = slotAt(slot)
    if (bandAt(bands, at) < 0) continue
    const column = columnOf(at, bands)
    const known = found.get(column)
    if (!known || better(slot, known.slot)) found.set(column, { kind: slot.free ? 'free' : 'blocked', slot })
  }
  return found
}

/** Free times, those that break no wish first, then in the order of the week; not where the lesson is. */
export function freeTimes(slots: readonly Slot[]): Slot[] {
  const free = slots.filter((slot) => slot.free && !slot.here)
  return free.sort((one, other) => cost(one.faults) - cost(other.faults) || one.weekday - other.weekday || one.starts.localeCompare(other.starts))
}

export const spotOf = (at: At, bands: readonly Clock[]): Spot => ({ day: at.weekday - 1, band: Math.max(0, bandAt(bands, at)) })
