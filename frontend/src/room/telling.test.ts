import { expect, test } from 'vitest'
import type { Sight } from '../shared/says'
import { checksOf } from './telling'

const sight = (quality: object | null): Sight => ({ line: quality ? { state: 'ok', quality } : null, media: { name: 'connecting' }, following: false }) as unknown as Sight

test('without a lesson only the loudspeaker can be told', () => {
  expect(checksOf(sight(null), false, null)).toEqual([])
  expect(checksOf(sight(null), true, null)).toEqual([{ name: 'speaker', verdict: 'ok' }])
})

test('a poor line is weak in the figure that is poor', () => {
  const found = checksOf(sight({ loss: 0.081, kbps: 900, rtt: 64.04 }), false, null)
  expect(found).toEqual([{ name: 'loss', verdict: 'weak', value: 8.1 }, { name: 'down', verdict: 'ok', value: 900 }, { name: 'rtt', verdict: 'ok', value: 64 }])
})

test('UDP is known to pass when media plays by it, and to be closed when the lesson comes another way or as files', () => {
  const during = (name: string, following: boolean): Sight => ({ ...sight(null), media: { name }, following }) as unknown as Sight
  expect(checksOf(during('playing', false), false, null)).toEqual([{ name: 'udp', verdict: 'ok' }])
  const byTcp = { ...during('playing', false), line: { state: 'ok', quality: { loss: 0, kbps: 900, rtt: null, detour: true } } } as unknown as Sight
  expect(checksOf(byTcp, false, null)).toContainEqual({ name: 'udp', verdict: 'down' })
  expect(checksOf(during('stalled', true), false, null)).toEqual([{ name: 'udp', verdict: 'down' }])
  expect(checksOf(during('connecting', false), false, null)).toEqual([])
})

test('a room that speaks without a microphone says so', () => {
  expect(checksOf(sight(null), false, false)).toEqual([{ name: 'microphone', verdict: 'down' }])
})
