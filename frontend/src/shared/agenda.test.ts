import { expect, test } from 'vitest'
import type { Lesson } from './shapes'
import { agenda, isOpen } from './agenda'

const at = (clock: string) => Date.parse(`2026-11-24T${clock}:00+08:00`)
const lesson = (id: string, state: Lesson['state'], starts: string, ends: string, more: Partial<Lesson> = {}) =>
  ({ id, state, starts_at: `2026-11-24T${starts}:00+08:00`, ends_at: `2026-11-24T${ends}:00+08:00`, opens_at: `2026-11-24T${starts}:00+08:00`, ended_at: null, shutdown: null, ...more }) as Lesson
const first = lesson('1', 'ended', '09:00', '09:40')
const second = lesson('2', 'upcoming', '10:30', '11:10')

test('a live lesson comes before everything', () => {
  const live = lesson('3', 'live', '10:00', '10:40')
  expect(agenda([second, live, first], at('10:05'), '1')).toEqual({ name: 'live', lesson: live })
})

test('the lesson that was attended is seen to end, then the next is awaited', () => {
  expect(agenda([first, second], at('09:45'), '1')).toMatchObject({ name: 'ended', lesson: first, next: second })
  expect(agenda([first, second], at('09:51'), '1')).toMatchObject({ name: 'waiting', lesson: second })
})

test('another room’s ended lesson is not shown', () => {
  expect(agenda([first, second], at('09:45'), null).name).toBe('waiting')
})

test('a short break belongs to the next lesson', () => {
  const soon = lesson('4', 'upcoming', '09:45', '10:20')
  expect(agenda([first, soon], at('09:41'), '1')).toMatchObject({ name: 'waiting', lesson: soon })
})

test('a day without lessons is free', () => {
  expect(agenda([], at('08:00'), null)).toEqual({ name: 'free' })
  expect(agenda([first], at('12:00'), '1')).toEqual({ name: 'free' })
})

test('of two live lessons the later one is the one to be in', () => {
  const late = lesson('5', 'live', '10:30', '11:10')
  expect(agenda([late, lesson('3', 'live', '09:50', '10:30')], at('10:32'), null)).toMatchObject({ lesson: late })
})

test('a lesson is open from its opening until it ends', () => {
  const opening = lesson('6', 'upcoming', '10:30', '11:10', { opens_at: '2026-11-24T10:00:00+08:00' })
  expect([isOpen(opening, at('09:59')), isOpen(opening, at('10:00')), isOpen(first, at('09:30'))]).toEqual([false, true, false])
})
