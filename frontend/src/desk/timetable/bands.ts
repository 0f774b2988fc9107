/** Schools ring different bells; a week is drawn on one set of bands of the clock. Pure: minutes after midnight, `end` is not part of it. */
export interface Clock { start: number; end: number }
/** 1 = Monday … 7 = Sunday. */
export interface At extends Clock { weekday: number }

const both = (one: Clock, other: Clock): number => Math.min(one.end, other.end) - Math.max(one.start, other.start)
const sorted = (clocks: readonly Clock[]): Clock[] => [...clocks].sort((one, other) => one.start - other.start || one.end - other.end)

/** The bands of one school are its periods. Of several, those that most schools ring (of as many, the longer day); what overlaps none gets a band of its own. */
export function bandsOf(bells: readonly (readonly Clock[])[], lessons: readonly Clock[] = []): Clock[] {
  const rung = new Map<string, { periods: Clock[]; schools: number }>()
  for (const one of bells) {
    const periods = sorted(one)
    const name = periods.map((each) => `${each.start}-${each.end}`).join()
    const same = rung.get(name)
    if (same) same.schools += 1
    else rung.set(name, { periods, schools: 1 })
  }
  const all = [...rung.values()].sort((one, other) => other.schools - one.schools || other.periods.length - one.periods.length)
  let bands: Clock[] = []
  for (const clock of [...all.flatMap((one) => one.periods), ...sorted(lessons)]) {
    if (!bands.some((band) => both(band, clock) > 0)) bands = sorted([...bands, { start: clock.start, end: clock.end }])
  }
  return bands
}

/** The band that holds most of it, the earlier of two that hold as much; -1 where none does. */
export function bandAt(bands: readonly Clock[], clock: Clock): number {
  let [best, most] = [-1, 0]
  bands.forEach((band, n) => {
    if (both(band, clock) > most) [best, most] = [n, both(band, clock)]
  })
  return best
}

export const overlaps = (one: At, other: At): boolean => one.weekday === other.weekday && both(one, other) > 0

/** 620 → "10:20". */
export const clockText = (minute: number): string => `${Math.floor(minute / 60)}:${String(minute % 60).padStart(2, '0')}`
export const spanText = (clock: Clock): string => `${clockText(clock.start)}–${clockText(clock.end)}`

/** "10:20" or "10:20:00" → 620. */
export function minuteOf(clock: string): number {
  const [hours, minutes] = clock.split(':').map(Number)
  return (hours ?? 0) * 60 + (minutes ?? 0)
}
