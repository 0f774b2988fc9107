import { expect, test } from 'vitest'
import { minuteOf } from './bands'
import { choicesOf, ownOf, partOf, scoreOf, shared, weekOf, type Lesson, type Seat } from './score'

const named = (name: string) => ({ id: name, name })
const BANDS = ['8:30', '9:20', '10:30'].map((clock) => ({ start: minuteOf(clock), end: minuteOf(clock) + 40 }))
const seat = (school: string, interactive = true): Seat => ({
  in_class: named(`${school} class`), school: named(school), room: named(`${school} room`), interactive, assistant: named(`${school} helper`),
})

function lesson(name: string, clock: string, of: Partial<Lesson> = {}): Lesson {
  const start = minuteOf(clock)
  return {
    key: name, course: name, number: 1, name, subject: '科学', weeks: 'all', lead: named('Chen'), school: named('Model'), room: named('Studio'),
    in_class: null, seats: [seat('Yuntou'), seat('Shipan', false)], at: { weekday: 1, start, end: start + 40 }, locked: false,
    published: null, day: null, substitute: null, cancelled: false, reason: '', ...of,
  }
}

test('what a school teaches by itself stands in its row, several classes together', () => {
  const at = { weekday: 1, start: minuteOf('9:20'), end: minuteOf('10:00') }
  const own = ['Three 语文', 'Four 数学'].map((one) => ({ school_id: 'Yuntou', at, lessons: [one], classes: [] }))
  expect([...ownOf(own, BANDS)]).toEqual([['Yuntou-1', ['Three 语文', 'Four 数学']]])
})

test("a lesson over its class's own lesson clashes at that school, not where another class is taught", () => {
  const at = { weekday: 1, start: minuteOf('9:00'), end: minuteOf('9:40') }
  const own = [{ school_id: 'Yuntou', at, lessons: [], classes: ['Yuntou class'] }, { school_id: 'Shipan', at, lessons: [], classes: ['Shipan other'] }]
  const red = (of: Lesson) => scoreOf([of], BANDS, own).rows.filter((row) => [...row.cells.values()].flat().some((chip) => chip.clash)).map((row) => row.name)
  expect(red(lesson('light', '9:20'))).toEqual(['Yuntou'])
  expect([red(lesson('light', '9:40')), red(lesson('light', '9:20', { cancelled: true }))]).toEqual([[], []])
})

test('senders stand above, schools below, and a lesson has its chip in each of their rows', () => {
  const { rows } = scoreOf([lesson('light', '9:20')], BANDS)
  expect(rows.map((row) => [row.name, row.note, row.sends])).toEqual([['Model', 'Chen', true], ['Shipan', '', false], ['Yuntou', '', false]])
  expect(rows.map((row) => row.cells.get(1)?.[0]?.part)).toEqual(['send', 'listen', 'interactive'])
})

test('a line joins the sender with its lowest school, in the column of its day and band', () => {
  const tuesday = lesson('sound', '10:30', { at: { weekday: 2, start: minuteOf('10:35'), end: minuteOf('11:15') } })
  expect(scoreOf([tuesday], BANDS).lines).toMatchObject([{ column: 5, first: 0, last: 2 }])
})

test('a school with two seats has one chip, interactive if one of them is', () => {
  const { rows } = scoreOf([lesson('light', '9:20', { seats: [seat('Yuntou', false), seat('Yuntou', true)] })], BANDS)
  expect(rows[1]?.cells.get(1)?.map((chip) => chip.part)).toEqual(['interactive'])
})

test('lessons clash where somebody is in both, and only there', () => {
  const one = lesson('light', '9:20')
  const other = lesson('song', '9:30', { lead: named('Wu'), room: named('Hall'), school: named('Fourth'), seats: [seat('Yuntou')] })
  const { rows } = scoreOf([one, other], BANDS)
  const clashing = rows.filter((row) => [...row.cells.values()].flat().some((chip) => chip.clash))
  expect(clashing.map((row) => row.name)).toEqual(['Yuntou'])
  expect(shared(one, other)).toEqual(['Yuntou class', 'Yuntou room', 'Yuntou helper'])
})

test('two classes of one school learn side by side', () => {
  const beside: Seat = { in_class: named('Yuntou other'), school: named('Yuntou'), room: named('other room'), interactive: true, assistant: null }
  const other = lesson('song', '9:20', { lead: named('Wu'), room: named('Hall'), school: named('Fourth'), seats: [beside] })
  expect(scoreOf([lesson('light', '9:20'), other], BANDS).rows.flatMap((row) => [...row.cells.values()].flat()).some((chip) => chip.clash)).toBe(false)
})

test('odd and even weeks never meet', () => {
  expect(shared(lesson('a', '9:20', { weeks: 'odd' }), lesson('b', '9:20', { weeks: 'even' }))).toEqual([])
  expect(shared(lesson('a', '9:20', { weeks: 'odd' }), lesson('b', '9:20'))).not.toEqual([])
})

test('a cancelled lesson is in nobody’s way', () => {
  expect(shared(lesson('a', '9:20', { cancelled: true }), lesson('b', '9:20'))).toEqual([])
})

test('each view finds its own part in a lesson', () => {
  const one = lesson('light', '9:20', { in_class: named('own class') })
  expect(partOf(one, 'teacher', 'Chen')).toBe('send')
  expect(partOf(one, 'teacher', 'Yuntou helper')).toBe('interactive')
  expect(partOf(one, 'room', 'Shipan room')).toBe('listen')
  expect(partOf(one, 'class', 'own class')).toBe('send')
  expect(partOf(one, 'school', 'nobody')).toBeNull()
})

test('the week of one is ordered by the clock', () => {
  const week = weekOf([lesson('late', '10:30'), lesson('early', '8:30')], 'school', 'Shipan')
  expect(week.get(1)?.map((chip) => chip.lesson.key)).toEqual(['early', 'late'])
  expect(weekOf([lesson('late', '10:30')], 'room', 'Hall').size).toBe(0)
})

test('the picker offers whom the lessons name, classes and rooms with their school', () => {
  const lessons = [lesson('light', '9:20'), lesson('song', '10:30')]
  expect(choicesOf(lessons, 'teacher').map((one) => one.name)).toEqual(['Chen', 'Shipan helper', 'Yuntou helper'])
  expect(choicesOf(lessons, 'room').map((one) => one.name)).toEqual(['Model Studio', 'Shipan Shipan room', 'Yuntou Yuntou room'])
  expect(choicesOf(lessons, 'class')).toHaveLength(2)
  expect(choicesOf(lessons, 'teacher')[1]?.school).toBe('Shipan')
})
