import { expect, test } from 'vitest'
import { presentTerm } from './terms'

const [far, next, past] = [{ first: '2040-09-03', last: '2040-09-28' }, { first: '2026-12-07', last: '2027-02-12' }, { first: '2026-03-02', last: '2026-07-10' }]

test('the term that runs counts, between terms the next, after the last the last', () => {
  expect(presentTerm([far, next, past], '2026-04-01')).toBe(past)
  expect(presentTerm([far, next, past], '2026-11-23')).toBe(next)
  expect(presentTerm([next, past], '2027-03-01')).toBe(next)
  expect(presentTerm([], '2026-11-23')).toBeNull()
})
