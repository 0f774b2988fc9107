import { expect, test } from 'vitest'
import { Ways } from './ways'

test('a relay that does not serve is left for the next one', () => {
  const ways = new Ways(['near', 'middle', 'far'])
  expect(ways.url).toBe('near')
  expect(ways.next()).toBe(true)
  expect(ways.url).toBe('middle')
})

test('when none serves there is a pause before the nearest is tried again', () => {
  const ways = new Ways(['near', 'far'])
  expect([ways.next(), ways.next()]).toEqual([true, false])
  expect(ways.url).toBe('near')
})

test('one that serves begins a new round', () => {
  const ways = new Ways(['near', 'far'])
  ways.next()
  ways.served()
  expect(ways.next()).toBe(true)
})

test('while another serves, the nearest is the one to go back to', () => {
  const ways = new Ways(['near', 'far'])
  expect(ways.home).toBeNull()
  ways.next()
  expect(ways.home).toBe('near')
  ways.goHome()
  expect([ways.url, ways.home]).toEqual(['near', null])
})

test('a single relay is never left', () => {
  const ways = new Ways(['only'])
  expect([ways.alone, ways.next(), ways.url]).toEqual([true, false, 'only'])
})
