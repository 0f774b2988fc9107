import { expect, test } from 'vitest'
import type { Sight } from '../says'
import { diagnosed } from './help'

const sight = (quality: object | null): Sight =>
  ({ known: { seq: 1, facts: new Map() }, media: { name: 'playing' }, line: quality ? { state: 'weak', quality } : null, online: true, begun: true }) as unknown as Sight

test('a diagnosis has only what the page knows', () => {
  expect(diagnosed({ ...sight(null), media: { name: 'idle' } } as unknown as Sight)).toEqual({ going: 'reconnecting', online: true })
})

test('loss is told in per cent, rounded', () => {
  const told = diagnosed({ ...sight({ loss: 0.0653, kbps: 812.345, rtt: null, height: 180, audible: false, moving: true }), media: { name: 'closed', cause: {} } } as unknown as Sight)
  expect(told).toEqual({ going: 'refused', online: true, loss_percent: 6.5, down_kbps: 812.3, picture_height: 180, audible: false })
})
