import { expect, test } from 'vitest'
import type { RemoteFact } from '../live/facts'
import { asked } from './remote'

const NOW = Date.parse('2026-11-24T02:30:10Z')
const fact: RemoteFact = { type: 'remote', seq: 7, key: 'r', act: 'sound-off', by: '韦小兰', since: '2026-11-24T02:30:00Z' }

test('what was asked is done once', () => {
  expect([asked(fact, 6, NOW), asked(fact, 7, NOW), asked(null, 0, NOW)]).toEqual(['sound-off', null, null])
})

test('a screen that comes later does not catch up', () => {
  expect(asked(fact, 0, NOW + 6_000)).toBeNull()
})
