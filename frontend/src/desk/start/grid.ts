/** The bureau's day as a grid. Pure. A lesson stands in the row of each county that receives it. */
import { countyName } from '../../shared/naming'
import { standing } from '../lessons/standing'
import { clockOf } from '../../shared/time'
import type { ChartLesson, DayChart } from './calls'

export interface CountyRow { id: string | null; county: string; schools: number; lessons: ChartLesson[] }

/** The hours ("08") in which lessons begin, from the first to the last without gaps. */
export function hoursOf(lessons: ChartLesson[]): string[] {
  const found = lessons.map((lesson) => Number(clockOf(new Date(lesson.starts_at)).slice(0, 2)))
  if (!found.length) return []
  const [first, last] = [Math.min(...found), Math.max(...found)]
  return Array.from({ length: last - first + 1 }, (_, at) => String(first + at).padStart(2, '0'))
}

export function byCounty(chart: DayChart): CountyRow[] {
  const rows = chart.counties.map((one): CountyRow => ({ id: one.id, county: countyName(one), schools: one.schools, lessons: [] }))
  for (const lesson of chart.lessons) for (const place of lesson.counties) rows[place]?.lessons.push(lesson)
  return rows
}

const LATE_AFTER_MS = 2 * 60_000

/** Lessons whose time has come for more than two minutes without a teacher. */
export function late(lessons: ChartLesson[], now: number): ChartLesson[] {
  return lessons.filter((lesson) => standing(lesson) === 'live' && !lesson.started_at && now - Date.parse(lesson.starts_at) > LATE_AFTER_MS)
}
