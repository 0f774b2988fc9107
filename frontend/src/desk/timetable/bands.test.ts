import { expect, test } from 'vitest'
import { bandAt, bandsOf, clockText, minuteOf, overlaps, spanText, type Clock } from './bands'

const at = (text: string): Clock => {
  const [start, end] = text.split('-').map(minuteOf)
  return { start: start ?? 0, end: end ?? 0 }
}
const bells = (...texts: string[]): Clock[] => texts.map(at)
const told = (bands: Clock[]): string[] => bands.map(spanText)

test("one school's bands are its periods, in the order of the day", () => {
  expect(told(bandsOf([bells('9:20-10:00', '8:30-9:10', '14:00-14:40')]))).toEqual(['8:30–9:10', '9:20–10:00', '14:00–14:40'])
})

test('of several schools those bells count that most of them ring, and what overlaps none gets its own band', () => {
  const most = bells('8:30-9:10', '9:20-10:00')
  const late = bells('8:50-9:30', '9:40-10:20', '10:30-11:10')
  expect(told(bandsOf([most, late, [...most]]))).toEqual(['8:30–9:10', '9:20–10:00', '10:30–11:10'])
})

test('of as many schools the longer day decides', () => {
  expect(told(bandsOf([bells('8:00-8:40'), bells('8:20-9:00', '9:10-9:50')]))).toEqual(['8:20–9:00', '9:10–9:50'])
})

test('a lesson outside all bells is still drawn', () => {
  expect(told(bandsOf([bells('8:30-9:10')], bells('16:30-17:10')))).toEqual(['8:30–9:10', '16:30–17:10'])
})

test('without bells or lessons there is no band', () => {
  expect(bandsOf([])).toEqual([])
  expect(bandsOf([[], []])).toEqual([])
})

test('a lesson stands in the band that holds most of it, the earlier of two that hold as much', () => {
  const bands = bells('8:30-9:10', '9:20-10:00')
  expect(bandAt(bands, at('9:00-9:40'))).toBe(1)
  expect(bandAt(bands, at('8:55-9:35'))).toBe(0)
  expect(bandAt(bands, at('10:00-10:40'))).toBe(-1)
})

test('every period of every school has a band, and bands never overlap', () => {
  const days = [bells('8:30-9:10', '9:20-10:00', '10:20-11:00'), bells('8:40-9:20', '9:30-10:10', '11:00-11:40'), bells('7:50-8:30')]
  const bands = bandsOf(days)
  for (const one of days.flat()) expect(bandAt(bands, one)).toBeGreaterThanOrEqual(0)
  bands.slice(1).forEach((band, n) => expect(band.start).toBeGreaterThanOrEqual(bands[n]?.end ?? 0))
})

test('lessons that only touch do not overlap, nor those of other days', () => {
  const one = { weekday: 1, start: 500, end: 540 }
  expect(overlaps(one, { weekday: 1, start: 540, end: 580 })).toBe(false)
  expect(overlaps(one, { weekday: 2, start: 500, end: 540 })).toBe(false)
  expect(overlaps(one, { weekday: 1, start: 539, end: 580 })).toBe(true)
})

test('clock times are read and written', () => {
  expect(minuteOf('08:05')).toBe(485)
  expect(minuteOf('10:20:00')).toBe(620)
  expect(clockText(485)).toBe('8:05')
})
