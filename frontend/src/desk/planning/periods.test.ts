import { expect, test } from 'vitest'
import { readPeriods } from './periods'

test('lines are read with any dash and full-width colons', () => {
  expect(readPeriods('8:30-9:10\n\n 9：20 — 10：00 \n14:00至14:40').periods).toEqual([
    { starts: '8:30', ends: '9:10' }, { starts: '9:20', ends: '10:00' }, { starts: '14:00', ends: '14:40' },
  ])
})

test('what cannot be read is told with its line', () => {
  expect(readPeriods('8:30-9:10\nlunch').wrong).toEqual([{ line: 2, text: 'lunch' }])
})
