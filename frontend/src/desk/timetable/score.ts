/** Lessons as a score: senders above, schools below, time along the line; and as the week of one class, room, teacher or school. Pure. */
import { bandAt, overlaps, type At, type Clock } from './bands'

export interface Named { id: string; name: string }
export interface Seat { in_class: Named; school: Named; room: Named; interactive: boolean; assistant: Named | null }
/** The n-th weekly lesson of a course, with everybody in it. */
export interface Lesson {
  /** Names it in one draft or week. */
  key: string
  course: string
  number: number
  name: string
  subject: string
  weeks: 'all' | 'odd' | 'even'
  lead: Named
  school: Named
  room: Named
  in_class: Named | null
  seats: Seat[]
  at: At
  locked: boolean
  /** Of a published week only. */
  published: string | null
  day: string | null
  substitute: Named | null
  cancelled: boolean
  reason: string
}

export const VIEWS = ['county', 'school', 'teacher', 'room', 'class'] as const
export type View = (typeof VIEWS)[number]
export type OneView = Exclude<View, 'county'>
export type Part = 'send' | 'interactive' | 'listen'

export interface Chip { lesson: Lesson; part: Part; clash: boolean }
export interface Row { key: string; name: string; note: string; sends: boolean; cells: Map<number, Chip[]> }
/** From the sender's row down to the lowest school of the lesson. */
export interface Line { lesson: Lesson; column: number; first: number; last: number }
export interface Score { rows: Row[]; lines: Line[] }

const meet = (one: Lesson, other: Lesson): boolean => one.weeks === 'all' || other.weeks === 'all' || one.weeks === other.weeks
const together = (one: Lesson, other: Lesson): boolean =>
  one.key !== other.key && !one.cancelled && !other.cancelled && meet(one, other) && overlaps(one.at, other.at)

/** Everybody and everything that a lesson keeps for itself, as the engine counts it. */
export function taking(lesson: Lesson): Set<string> {
  const found = lesson.seats.flatMap((seat) => [seat.in_class.id, seat.room.id, ...(seat.assistant ? [seat.assistant.id] : [])])
  return new Set([lesson.lead.id, lesson.room.id, ...(lesson.in_class ? [lesson.in_class.id] : []), ...found])
}

/** Whoever is in both of two lessons at one time. */
export function shared(one: Lesson, other: Lesson): string[] {
  const mine = taking(one)
  return together(one, other) ? [...taking(other)].filter((who) => mine.has(who)) : []
}

export const columnOf = (at: At, bands: readonly Clock[]): number => (at.weekday - 1) * bands.length + bandAt(bands, at)

/** Senders by school and teacher, then the schools that receive, each in the order of its name. A lesson over what one of its classes is taught at home clashes in that school's row. */
export function scoreOf(lessons: readonly Lesson[], bands: readonly Clock[], own: readonly Own[] = []): Score {
  const taught = bySchool(own)
  const senders = new Map<string, Row>()
  const schools = new Map<string, Row>()
  for (const lesson of lessons) {
    const sender = rowIn(senders, `${lesson.school.id} ${lesson.lead.id}`, { name: lesson.school.name, note: lesson.lead.name, sends: true })
    const clash = (school: string): boolean => isTaught(lesson, taught.get(school) ?? [])
    put(sender, bands, { lesson, part: 'send', clash: clash(lesson.school.id) })
    for (const { id, name, part } of receiving(lesson)) put(rowIn(schools, id, { name, note: '', sends: false }), bands, { lesson, part, clash: clash(id) })
  }
  const rows = [...inOrder(senders), ...inOrder(schools)]
  return { rows, lines: linesOf(rows) }
}

/** What a school teaches by itself at a time of the week. */
export interface Own { school_id: string; at: At; lessons: readonly string[]; classes: readonly string[] }

function bySchool(own: readonly Own[]): Map<string, Own[]> {
  const found = new Map<string, Own[]>()
  for (const one of own) {
    const others = found.get(one.school_id)
    if (others) others.push(one)
    else found.set(one.school_id, [one])
  }
  return found
}

function isTaught(lesson: Lesson, own: readonly Own[]): boolean {
  const mine = taking(lesson)
  return !lesson.cancelled && own.some((one) => overlaps(one.at, lesson.at) && one.classes.some((id) => mine.has(id)))
}

/** School and column → its own lessons there. */
export function ownOf(own: readonly Own[], bands: readonly Clock[]): Map<string, string[]> {
  const found = new Map<string, string[]>()
  for (const { school_id: school, at, lessons } of own) {
    const key = `${school}-${columnOf(at, bands)}`
    found.set(key, [...(found.get(key) ?? []), ...lessons])
  }
  return found
}

function receiving(lesson: Lesson): (Named & { part: Part })[] {
  const found = new Map<string, Named & { part: Part }>()
  for (const { school, interactive } of lesson.seats) {
    if (interactive || !found.has(school.id)) found.set(school.id, { ...school, part: interactive ? 'interactive' : 'listen' })
  }
  return [...found.values()]
}

function rowIn(rows: Map<string, Row>, key: string, of: Pick<Row, 'name' | 'note' | 'sends'>): Row {
  const row = rows.get(key) ?? { key, ...of, cells: new Map<number, Chip[]>() }
  rows.set(key, row)
  return row
}

/** Two chips of a cell clash when somebody is in both lessons: two classes of a school may well learn side by side. */
function put(row: Row, bands: readonly Clock[], chip: Chip): void {
  const column = columnOf(chip.lesson.at, bands)
  const others = row.cells.get(column) ?? []
  for (const other of others) if (shared(chip.lesson, other.lesson).length) other.clash = chip.clash = true
  row.cells.set(column, [...others, chip])
}

const byName = new Intl.Collator('zh-CN')
const inOrder = (rows: Map<string, Row>): Row[] => [...rows.values()].sort((one, other) => byName.compare(one.name, other.name) || byName.compare(one.note, other.note))

function linesOf(rows: readonly Row[]): Line[] {
  const lines = new Map<string, Line>()
  rows.forEach((row, n) => {
    for (const [column, chips] of row.cells) {
      for (const { lesson } of chips) {
        const line = lines.get(lesson.key) ?? { lesson, column, first: n, last: n }
        lines.set(lesson.key, { ...line, last: n })
      }
    }
  })
  return [...lines.values()]
}

/** The part that one class, room, teacher or school has in a lesson; null if none. */
export function partOf(lesson: Lesson, view: OneView, id: string): Part | null {
  const sends = { school: lesson.school.id, teacher: lesson.lead.id, room: lesson.room.id, class: lesson.in_class?.id }[view]
  if (sends === id) return 'send'
  const seats = lesson.seats.filter((seat) => ({ school: seat.school.id, teacher: seat.assistant?.id, room: seat.room.id, class: seat.in_class.id })[view] === id)
  if (!seats.length) return null
  return seats.some((seat) => seat.interactive) ? 'interactive' : 'listen'
}

/** The week of one: chips by weekday (from 1), in the order of the clock. */
export function weekOf(lessons: readonly Lesson[], view: OneView, id: string): Map<number, Chip[]> {
  const days = new Map<number, Chip[]>()
  for (const lesson of [...lessons].sort((one, other) => one.at.start - other.at.start)) {
    const part = partOf(lesson, view, id)
    if (!part) continue
    const others = days.get(lesson.at.weekday) ?? []
    const chip = { lesson, part, clash: false }
    for (const other of others) if (shared(lesson, other.lesson).length) other.clash = chip.clash = true
    days.set(lesson.at.weekday, [...others, chip])
  }
  return days
}

/** One that a week can be shown of, and the school whose bells it follows. */
export interface Choice extends Named { school: string }

/** Whom the lessons name, for the picker, in the order of their names. */
export function choicesOf(lessons: readonly Lesson[], view: OneView): Choice[] {
  const found = new Map<string, Choice>()
  const add = (one: Named | null, at: Named): void => {
    if (one && !found.has(one.id)) found.set(one.id, { id: one.id, name: view === 'room' || view === 'class' ? `${at.name} ${one.name}` : one.name, school: at.id })
  }
  for (const lesson of lessons) {
    add({ school: lesson.school, teacher: lesson.lead, room: lesson.room, class: lesson.in_class }[view], lesson.school)
    for (const seat of lesson.seats) add({ school: seat.school, teacher: seat.assistant, room: seat.room, class: seat.in_class }[view], seat.school)
  }
  return [...found.values()].sort((one, other) => byName.compare(one.name, other.name))
}
