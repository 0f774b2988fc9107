import { expect, test } from 'vitest'
import { monthsOf, placeOf, spanOf } from './chart'

const items = [{ starts: '2026-11-10', due: '2027-01-20' }, { starts: '2026-11-12', due: null }]

test('the chart holds every item and today', () => {
  const span = spanOf(items, '2027-02-01')
  expect(span.last - span.first).toBe(85)
  expect(placeOf('2027-02-01', span)).toBeCloseTo((84 / 85) * 100)
})

test('its months are marked at their first days', () => {
  expect(monthsOf(spanOf(items, '2026-11-24'))).toEqual(['2026-12-01', '2027-01-01'])
})
