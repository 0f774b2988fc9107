import { afterEach, expect, test } from 'vitest'
import { language } from '../../shared/i18n'
import { spanText } from './bands'
import type { Cell, Slot, Week } from './calls'
import { byWhom, differences } from './compare'
import { freeTimes, marksOf, spotOf } from './slots'
import { bandsFor, daysOf, ghostsOf, isPlaced, lessonOf, lessonOfUnplaced, slotAt, weekdayOf, weekNumber } from './weeks'

afterEach(() => (language.value = 'zh-CN'))

const named = (name: string, name_en = '') => ({ id: name, name, name_en })
const cell = (of: Partial<Cell> = {}): Cell => ({
  id: null, lesson_id: null, course_id: 'light', number: 1, name: 'Light', subject: '科学', grade: 3, kind: 'dedicated', weeks: 'all', weekday: 3, day: null,
  starts: '10:30', ends: '11:10', lead: named('Chen'), substitute: null, room: named('Studio'), school: named('Model'), sending_class: null, seats: [],
  locked: false, cancelled: false, reason: '', chapter: '', ...of,
})
const bells = (school: string, ...starts: string[]) => ({
  school: named(school), periods: starts.map((clock, n) => ({ number: n + 1, starts: clock, ends: `${clock.split(':')[0]}:${String(Number(clock.split(':')[1]) + 40).padStart(2, '0')}` })),
})
const week = (of: Partial<Week> = {}): Week => ({ term_id: 't', place: null, version: null, week: null, weeks: 20, days: [], own: [], bells: [], cells: [], unplaced: [], total: 0, ...of })
const slot = (weekday: number, starts: string, of: Partial<Slot> = {}): Slot => {
  const [hour, minute] = starts.split(':').map(Number)
  const end = (hour ?? 0) * 60 + (minute ?? 0) + 40
  return { weekday, starts, ends: `${Math.floor(end / 60)}:${String(end % 60).padStart(2, '0')}`, free: true, here: false, faults: [], ...of }
}
const soft = (weight: number) => [{ rule: 'morning', hard: false, zh: '', en: '', course_ids: [], cost: weight }]

test('a lesson of a make-up day stands on the day it is held', () => {
  expect(weekdayOf('2026-11-22')).toBe(7)
  expect(lessonOf(cell()).at).toEqual({ weekday: 3, start: 630, end: 670 })
  expect(lessonOf(cell({ day: '2026-11-22' })).at.weekday).toBe(7)
})

test('a lesson stays chosen when a new version gives it another id', () => {
  const [before, after] = [cell({ id: 'one', day: '2026-11-18' }), cell({ id: 'other', day: '2026-11-18' })].map(lessonOf)
  expect(after?.key).toBe(before?.key)
  expect(after?.published).toBe('other')
})

test('a week shows Monday to Friday, and the weekend only where it is taught', () => {
  const name = (n: number): string => `day ${n}`
  expect(daysOf(week(), [], name).map((one) => one.name)).toEqual(['day 1', 'day 2', 'day 3', 'day 4', 'day 5'])
  const days = [{ day: '2026-11-16', standing: 'holiday' as const, runs: null }, { day: '2026-11-21', standing: 'taught' as const, runs: 1 }]
  const shown = daysOf(week({ days }), [], name)
  expect(shown).toHaveLength(6)
  expect(shown[0]).toMatchObject({ date: '11.16', taught: false })
  expect(shown[5]).toMatchObject({ date: '11.21', taught: true, runs: 1 })
})

test('an evening band without a lesson is folded away, one with a lesson stays', () => {
  const rung = week({ bells: [bells('Yuntou', '8:10', '16:10')] })
  expect(bandsFor(rung, [], null)).toMatchObject({ folded: 1 })
  const late = lessonOf(cell({ starts: '16:10', ends: '16:50' }))
  expect(bandsFor(rung, [late], null).bands.map(spanText)).toEqual(['8:10–8:50', '16:10–16:50'])
})

test("one's week follows the bells of one's own school", () => {
  const rung = week({ bells: [bells('Yuntou', '8:10'), bells('Model', '9:10')] })
  expect(bandsFor(rung, [], { ...named('Chen'), school: 'Model' }).bands.map(spanText)).toEqual(['9:10–9:50'])
})

test('in a column the free time counts, of free ones that which weighs least', () => {
  const bands = [{ start: 520, end: 560 }, { start: 570, end: 610 }]
  const marks = marksOf([slot(2, '8:30', { free: false }), slot(2, '8:45', { faults: soft(4) }), slot(2, '8:50', { faults: soft(2) }), slot(2, '12:00')], bands)
  expect([...marks.keys()]).toEqual([2])
  expect(marks.get(2)).toMatchObject({ kind: 'free', slot: { starts: '8:50' } })
})

test('free times come by what they weigh, then by the week, without where the lesson is', () => {
  const times = freeTimes([slot(1, '9:20', { faults: soft(2) }), slot(3, '9:20'), slot(2, '9:20', { here: true }), slot(1, '8:30', { free: false }), slot(2, '8:30')])
  expect(times.map((one) => `${one.weekday} ${one.starts}`)).toEqual(['2 8:30', '3 9:20', '1 9:20'])
})

test('a time is held at its day and band', () => {
  expect(spotOf(slotAt(slot(4, '9:35')), [{ start: 520, end: 560 }, { start: 570, end: 610 }])).toEqual({ day: 3, band: 1 })
})

test('two weeks differ in what moved, came, went or was locked', () => {
  const [light, sound, song] = [lessonOf(cell()), lessonOf(cell({ course_id: 'sound' })), lessonOf(cell({ course_id: 'song', weekday: 5 }))]
  const moved = { ...light, at: { ...light.at, weekday: 1 } }
  const found = differences([light, sound, song], [moved, { ...sound, locked: true }, lessonOf(cell({ course_id: 'new', weekday: 4 }))])
  expect(found.map((one) => [one.lesson.course, one.before?.weekday ?? null, one.after?.weekday ?? null, one.locked])).toEqual([
    ['light', 3, 1, null], ['sound', 3, 3, true], ['new', null, 4, null], ['song', 5, null, null],
  ])
  expect(differences([light], [light])).toEqual([])
})

test('changes are told to each whom they touch, those with most first', () => {
  const told = byWhom([{ n: 1, who: [named('Chen'), named('Wu')] }, { n: 2, who: [named('Wu')] }])
  expect(told.map((one) => [one.name, one.changes.map((change) => change.n)])).toEqual([['Wu', [1, 2]], ['Chen', [1]]])
})

test('a week of the term begins on Monday; before and after the term its ends count', () => {
  const term = { first: '2026-09-01', last: '2027-01-22' } // begins on a Tuesday
  expect(['2026-08-01', '2026-09-01', '2026-09-06', '2026-09-07', '2026-11-23', '2027-03-01'].map((day) => weekNumber(term, day))).toEqual([1, 1, 1, 2, 13, 21])
})

test('a lesson without a time is nowhere in the week', () => {
  const one = lessonOfUnplaced({ course_id: 'light', number: 2, name: 'Light', subject: '科学', grade: 3, minutes: 40, lead: named('Chen'), school: named('Model'), seats: [] })
  expect(isPlaced(one)).toBe(false)
  expect(isPlaced(lessonOf(cell()))).toBe(true)
})

test('a repair is shown where it would put its lessons; what it takes out is nowhere', () => {
  const lesson = lessonOf(cell())
  const move = { course_id: 'light', number: 1, weekday: 5, starts: '8:10' }
  expect(ghostsOf([lesson], [move]).map((one) => one.at)).toEqual([{ weekday: 5, start: 490, end: 530 }])
  expect(ghostsOf([lesson], [{ ...move, weekday: null, starts: null }, { ...move, number: 2 }])).toEqual([])
})

test('a school and its rooms and classes are called by their names in the language of the page', () => {
  const told = cell({ school: named('示范校', 'Model School'), room: named('直录播教室'), sending_class: named('三年级') })
  language.value = 'zh-CN'
  expect(lessonOf(told).school.name).toBe('示范校')
  language.value = 'en'
  expect(lessonOf(told)).toMatchObject({ school: { name: 'Model School' }, room: { name: 'Live-recording room' }, in_class: { name: 'Grade 3' } })
})
