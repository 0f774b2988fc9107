/** Times, parts and sentences of the timetable in the page's language. */
import { either, language } from '../../shared/i18n'
import { clockOf, dayOf } from '../../shared/time'
import { minuteOf, spanText, type At } from './bands'
import type { Lesson } from './score'
import { w } from './words'

/** The server says its sentences in both languages. */
export const said = (one: { zh: string; en: string }): string => either(one.zh, one.en)

export const dayName = (weekday: number): string => w(`day.${weekday as 1}`)
export const whenText = (at: At): string => w('when', { day: dayName(at.weekday), span: spanText(at) })
export const slotText = (slot: { weekday: number; starts: string; ends: string }): string => whenText({ weekday: slot.weekday, start: minuteOf(slot.starts), end: minuteOf(slot.ends) })

/** "12.2 10:30": a dated lesson in a list. */
export function momentText(moment: string): string {
  const at = new Date(moment)
  const [, month, day] = dayOf(at).split('-').map(Number)
  const weekday = new Intl.DateTimeFormat(language.value, { weekday: 'short', timeZone: 'Asia/Shanghai' }).format(at)
  return w('moment', { month: month ?? 0, day: day ?? 0, weekday, clock: clockOf(at) })
}

const FEW = 2
/** "云头教学点等 3 校" */
export function toText(lesson: Lesson): string {
  const names = [...new Set(lesson.seats.map((seat) => seat.school.name))]
  return names.length > FEW ? w('to.many', { names: names.slice(0, FEW).join(w('and')), n: names.length }) : names.join(w('and'))
}
