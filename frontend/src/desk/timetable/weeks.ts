/** What the API tells of a week, as the grids draw it. Pure. */
import { placeName, roomName } from '../../shared/naming'
import { bandsOf, minuteOf, type At, type Clock } from './bands'
import type { Cell, Move, Slot, Unplaced, Week } from './calls'
import type { Choice, Lesson, Named, Seat } from './score'

/** A day of the grid; `date` and `standing` of a published week only. */
export interface Weekday { weekday: number; name: string; date: string; runs: number | null; taught: boolean }

const SCHOOL_DAYS = 5
const EVENING = 16 * 60

/** 1 = Monday … 7 = Sunday. */
export const weekdayOf = (day: string): number => ((new Date(`${day}T00:00:00Z`).getUTCDay() + 6) % 7) + 1
export const keyOf = (course: string, number: number): string => `${course} ${number}`

/** Schools, rooms and classes by their names in the page's language. */
const read = (school: Cell['school']): Named => ({ id: school.id, name: placeName(school) })
const within = (one: Named): Named => ({ id: one.id, name: roomName(one.name) })
const seatRead = (seat: Cell['seats'][number]): Seat => ({ ...seat, school: read(seat.school), room: within(seat.room), in_class: within(seat.in_class) })

export function lessonOf(cell: Cell): Lesson {
  const at = { weekday: cell.day ? weekdayOf(cell.day) : cell.weekday, start: minuteOf(cell.starts), end: minuteOf(cell.ends) }
  return {
    key: [keyOf(cell.course_id, cell.number), ...(cell.day ? [cell.day] : [])].join(' '), course: cell.course_id, number: cell.number, name: cell.name, subject: cell.subject, weeks: cell.weeks,
    lead: cell.lead, school: read(cell.school), room: within(cell.room), in_class: cell.sending_class && within(cell.sending_class), seats: cell.seats.map(seatRead), at, locked: cell.locked,
    published: cell.id, day: cell.day, substitute: cell.substitute, cancelled: cell.cancelled, reason: cell.reason,
  }
}

/** Monday to Friday; Saturday and Sunday where something is taught or placed there. */
export function daysOf(week: Week, lessons: readonly Lesson[], name: (weekday: number) => string): Weekday[] {
  const taught = week.days.filter((one) => one.standing === 'taught').map((one) => weekdayOf(one.day))
  const last = Math.max(SCHOOL_DAYS, ...lessons.map((one) => one.at.weekday), ...taught)
  const dated = new Map(week.days.map((one) => [weekdayOf(one.day), one]))
  return Array.from({ length: last }, (_, n) => {
    const one = dated.get(n + 1)
    const [, month, day] = one?.day.split('-').map(Number) ?? []
    return { weekday: n + 1, name: name(n + 1), date: one ? `${month}.${day}` : '', runs: one?.runs && one.runs !== n + 1 ? one.runs : null, taught: !one || one.standing === 'taught' }
  })
}

/** The bands of a week, or of one school's; an evening band in which nobody has a lesson is folded away. */
export function bandsFor(week: Week, lessons: readonly Lesson[], one: Choice | null): { bands: Clock[]; folded: number } {
  const rung = week.bells.filter((bells) => !one || bells.school.id === one.school)
  const periods = rung.map((bells) => bells.periods.map((each) => ({ start: minuteOf(each.starts), end: minuteOf(each.ends) })))
  const all = bandsOf(periods, lessons.map((lesson) => lesson.at))
  const bands = all.filter((band) => band.start < EVENING || lessons.some(({ at }) => at.start < band.end && band.start < at.end))
  return { bands, folded: all.length - bands.length }
}

export const slotAt = (slot: Slot): At => ({ weekday: slot.weekday, start: minuteOf(slot.starts), end: minuteOf(slot.ends) })

/** What the API takes for a lesson put at a time. */
export const moveTo = (lesson: Pick<Lesson, 'course' | 'number'>, slot: Slot): Move =>
  ({ course_id: lesson.course, number: lesson.number, weekday: slot.weekday, starts: slot.starts } as Move)

/** The lessons that these moves would put elsewhere, as they would stand. */
export function ghostsOf(lessons: readonly Lesson[], moves: readonly Move[]): Lesson[] {
  return moves.flatMap((move) => {
    const lesson = lessons.find((one) => one.course === move.course_id && one.number === move.number)
    if (!lesson || !move.weekday || !move.starts) return []
    const start = minuteOf(move.starts)
    return [{ ...lesson, at: { weekday: move.weekday, start, end: start + lesson.at.end - lesson.at.start } }]
  })
}

/** A lesson that has no time yet; its weekday is 0. */
export function lessonOfUnplaced(one: Unplaced): Lesson {
  return {
    key: keyOf(one.course_id, one.number), course: one.course_id, number: one.number, name: one.name, subject: one.subject, weeks: 'all', lead: one.lead, school: read(one.school),
    room: { id: '', name: '' }, in_class: null, seats: one.seats.map(seatRead), at: { weekday: 0, start: 0, end: one.minutes }, locked: false,
    published: null, day: null, substitute: null, cancelled: false, reason: '',
  }
}
export const isPlaced = (lesson: Lesson): boolean => lesson.at.weekday > 0

const WEEK_MS = 7 * 86_400_000
const mondayOf = (day: string): number => Date.parse(`${day}T00:00:00Z`) - (weekdayOf(day) - 1) * 86_400_000
/** The week of the term in which the day falls, from 1; weeks begin on Monday. Before the term it is the first, after it the last. */
export function weekNumber(term: { first: string; last: string }, day: string): number {
  const within = day < term.first ? term.first : day > term.last ? term.last : day
  return Math.round((mondayOf(within) - mondayOf(term.first)) / WEEK_MS) + 1
}
