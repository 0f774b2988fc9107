import { describe, expect, test } from 'vitest'
import type { Quality } from '../../live/stats'
import { checksOf, type Check, type End, type Figures } from './judging'

const GOOD: Quality = {
  kbps: 600, loss: 0, asked: 0, concealed: 0, fps: 25, frozen: 0, height: 360, rtt: 40, detour: false, flowing: true, moving: true, audible: true,
}
const CONNECTED: End = { answered: true, connected: true, detour: false }
const WAITING: End = { answered: true, connected: false, detour: false }
const WELL: Figures = { speaks: true, microphone: 'heard', speaker: true, way: { up: CONNECTED, down: CONNECTED, qualities: [GOOD, GOOD, GOOD], lossUp: 0, address: null, port: 8001 }, down: 20_000, up: 20_000 }
const way = (change: Partial<Figures['way']>): Figures => ({ ...WELL, way: { ...WELL.way, ...change } })
const lossy = (change: Partial<Quality>): Figures => way({ qualities: [{ ...GOOD, ...change }] })
const faults = (figures: Figures): Check[] => checksOf(figures).filter((check) => check.verdict !== 'ok')

describe('a line and a room without a fault', () => {
  test('have none, and all figures', () => {
    expect(faults(WELL)).toEqual([])
    expect(checksOf(WELL).map((check) => check.name)).toEqual(['udp', 'loss', 'rtt', 'down', 'up', 'microphone', 'speaker'])
  })
})

describe('each fault has its name', () => {
  test('UDP is blocked: the lesson came, by another way', () => {
    expect(faults(way({ down: { ...CONNECTED, detour: true } }))).toEqual([{ name: 'udp', verdict: 'down', value: 8001 }])
  })
  test('UDP is blocked: the relay answered, and nothing came', () => {
    for (const end of [{ up: WAITING }, { down: WAITING }]) expect(checksOf(way({ ...end, qualities: [], port: null }))[0]).toEqual({ name: 'udp', verdict: 'down' })
  })
  test('UDP is blocked on the way up alone, as beyond a relay of the school', () => {
    expect(faults(way({ up: { ...CONNECTED, detour: true } }))).toEqual([{ name: 'udp', verdict: 'down', value: 8001 }])
  })
  test('both ends connected and no picture came back: the relay is named and UDP is not', () => {
    expect(faults(way({ qualities: [] }))).toEqual([{ name: 'relay', verdict: 'weak' }])
  })
  test('no relay answers: nothing is said of UDP', () => {
    expect(faults(way({ up: { ...WAITING, answered: false }, qualities: [] }))).toEqual([{ name: 'relay', verdict: 'down' }])
    expect(checksOf(way({ down: { ...WAITING, answered: false }, qualities: [] })).map((check) => check.name)).not.toContain('udp')
  })
  test('packets are lost on the way down, whether repaired or not', () => {
    expect(faults(lossy({ loss: 0.08 }))).toEqual([{ name: 'loss', verdict: 'weak', value: 8 }])
    expect(faults(lossy({ asked: 0.08 }))).toEqual([{ name: 'loss', verdict: 'weak', value: 8 }])
  })
  test('packets are lost on the way up', () => {
    expect(faults(way({ lossUp: 0.123 }))).toEqual([{ name: 'loss', verdict: 'weak', value: 12.3 }])
  })
  test('the way is long', () => {
    expect(faults(lossy({ rtt: 650 }))).toEqual([{ name: 'rtt', verdict: 'weak', value: 650 }])
  })
  test('the way up is far narrower than the way down', () => {
    expect(faults({ ...WELL, down: 8_000, up: 800 })).toEqual([{ name: 'symmetry', verdict: 'weak', value: 10 }])
  })
  test('one that is wide enough for the best picture may be as lopsided as it likes', () => {
    expect(faults({ ...WELL, down: 300_000, up: 30_000 })).toEqual([])
  })
  test('on a long way the rate up is not held against the rate down', () => {
    expect(faults({ ...lossy({ rtt: 650 }), down: 8_000, up: 800 })).toEqual([{ name: 'rtt', verdict: 'weak', value: 650 }])
  })
  test('a refusal of the server is no fault of the line', () => {
    expect(faults({ ...WELL, down: undefined, up: undefined })).toEqual([])
  })
  test('a room that only listens needs no microphone and no way up', () => {
    expect(faults({ ...WELL, speaks: false, microphone: null, up: 50 })).toEqual([])
  })
  test('a microphone that could not be judged is not judged', () => {
    expect(checksOf({ ...WELL, microphone: null }).map((check) => check.name)).not.toContain('microphone')
  })
  test('too little comes through', () => {
    expect(faults({ ...WELL, down: 500, up: 150 })).toEqual([{ name: 'down', verdict: 'weak', value: 500 }, { name: 'up', verdict: 'down', value: 150 }])
    expect(faults({ ...WELL, down: null, up: null })).toEqual([{ name: 'down', verdict: 'down' }, { name: 'up', verdict: 'down' }])
  })
  test('no microphone, one that says nothing, one that the browser withholds', () => {
    expect(faults({ ...WELL, microphone: 'missing' })).toEqual([{ name: 'microphone', verdict: 'down' }])
    for (const microphone of ['silent', 'denied'] as const) expect(faults({ ...WELL, microphone })).toEqual([{ name: 'microphone', verdict: 'weak' }])
  })
  test('the tone was not heard', () => {
    expect(faults({ ...WELL, speaker: false })).toEqual([{ name: 'speaker', verdict: 'down' }])
    expect(checksOf({ ...WELL, speaker: null }).map((check) => check.name)).not.toContain('speaker')
  })
})
