/** The bureau's day as a grid. Pure. A lesson stands in the row of each county that receives it. */
import { countyName } from '../../shared/naming'
import type { Lesson } from '../../shared/shapes'
import { standing } from '../lessons/standing'
import { clockOf } from '../../shared/time'

export interface CountyRow { county: string; schools: number; lessons: Lesson[] }

/** The hours ("08") in which lessons begin, from the first to the last without gaps. */
export function hoursOf(lessons: Lesson[]): string[] {
  const found = lessons.map((lesson) => Number(clockOf(new Date(lesson.starts_at)).slice(0, 2)))
  if (!found.length) return []
  const [first, last] = [Math.min(...found), Math.max(...found)]
  return Array.from({ length: last - first + 1 }, (_, at) => String(first + at).padStart(2, '0'))
}

export function byCounty(lessons: Lesson[]): CountyRow[] {
  const rows = new Map<string, { schools: Set<string>; lessons: Set<Lesson> }>()
  for (const lesson of lessons) {
    for (const room of lesson.receiving_rooms) {
      const county = countyName(room.school)
      const row = rows.get(county) ?? { schools: new Set(), lessons: new Set() }
      row.schools.add(room.school.id)
      row.lessons.add(lesson)
      rows.set(county, row)
    }
  }
  return [...rows].map(([county, row]) => ({ county, schools: row.schools.size, lessons: [...row.lessons] }))
}

const LATE_AFTER_MS = 2 * 60_000

/** Lessons whose time has come for more than two minutes without a teacher. */
export function late(lessons: Lesson[], now: number): Lesson[] {
  return lessons.filter((lesson) => standing(lesson) === 'live' && !lesson.started_at && now - Date.parse(lesson.starts_at) > LATE_AFTER_MS)
}
