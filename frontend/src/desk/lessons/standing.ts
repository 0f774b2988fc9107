/** How a lesson stands, as the desk's pages tell it. Pure. */
import { countyName } from '../../shared/naming'
import type { Lesson } from '../../shared/shapes'

export type Standing = 'upcoming' | 'live' | 'ended' | 'shutdown'

export function standing(lesson: Pick<Lesson, 'state'> & { shutdown?: unknown }): Standing {
  return lesson.shutdown ? 'shutdown' : lesson.state
}

export const MARK = { upcoming: 'idle', live: 'live', ended: 'done', shutdown: 'down' } as const

/** Whether one may come in: from when it opens, or from an early start, until its end. */
export function isOpen(lesson: Lesson, now: number): boolean {
  if (lesson.state === 'ended' || lesson.shutdown) return false
  return Boolean(lesson.started_at) || now >= Date.parse(lesson.opens_at)
}

/** How many stages of its way are known to have carried the lesson: before it begins, only the sending school. */
export function reached(lesson: Lesson): number {
  if (lesson.started_at) return lesson.way.length
  return Math.min(1, lesson.way.length)
}

/** The lesson that she needs next: one that is on, else the first still to come. */
export function nextOf(lessons: Lesson[]): Lesson | null {
  const left = lessons.filter((lesson) => standing(lesson) === 'live' || standing(lesson) === 'upcoming')
  return left.find((lesson) => lesson.state === 'live') ?? left[0] ?? null
}

/** "普安 2 校、安龙 3 校": where the lesson goes, county by county, in the order of its rooms. */
export function destinations(lesson: Lesson): { county: string; schools: number }[] {
  const counties = new Map<string, Set<string>>()
  for (const room of lesson.receiving_rooms) {
    const county = countyName(room.school)
    counties.set(county, (counties.get(county) ?? new Set()).add(room.school.id))
  }
  return [...counties].map(([county, schools]) => ({ county, schools: schools.size }))
}
