import { expect, test } from 'vitest'
import type { Sight } from '../shared/says'
import { checksOf } from './telling'

const sight = (quality: object | null): Sight => ({ line: quality ? { state: 'ok', quality } : null }) as unknown as Sight

test('without a lesson only the loudspeaker can be told', () => {
  expect(checksOf(sight(null), false)).toEqual([])
  expect(checksOf(sight(null), true)).toEqual([{ name: 'speaker', verdict: 'ok' }])
})

test('a poor line is weak in the figure that is poor', () => {
  const found = checksOf(sight({ loss: 0.081, kbps: 900, rtt: 64.04 }), false)
  expect(found).toEqual([{ name: 'loss', verdict: 'weak', value: 8.1 }, { name: 'down', verdict: 'ok', value: 900 }, { name: 'rtt', verdict: 'ok', value: 64 }])
})
