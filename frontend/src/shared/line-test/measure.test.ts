import { afterEach, expect, test, vi } from 'vitest'
import { Api } from '../api'
import { rateDown, rateUp } from './measure'

afterEach(() => vi.unstubAllGlobals())
const api = new Api(() => null)
const stays = (): boolean => false
const KIB = 1024

/** A line that carries bodies at so many kbit/s, by a clock of its own. */
function line(kbps: number): { sent: number[] } {
  let now = 0
  const sent: number[] = []
  vi.stubGlobal('performance', { now: () => now })
  vi.stubGlobal('fetch', (_: string, { body }: RequestInit) => {
    const { size } = body as Blob
    sent.push(size)
    now += (size * 8) / kbps
    return Promise.resolve(new Response(null, { status: 204 }))
  })
  return { sent }
}

test('the way up is what the largest bodies told, and ends when its time is over', async () => {
  const { sent } = line(2_000)
  expect(await rateUp(api, stays)).toBeCloseTo(2_000)
  expect(sent.map((bytes) => bytes / KIB)).toEqual([16, 32, 64, 128, 256, 512])
})

test('a page that has gone on sends and reads no more', async () => {
  const { sent } = line(2_000)
  expect(await rateUp(api, () => sent.length === 2)).toBeCloseTo(2_000)
  expect(sent).toHaveLength(2)
  let blocks = 0
  const endless = new ReadableStream({ pull: (stream) => { blocks += 1; stream.enqueue(new Uint8Array(KIB)) } })
  vi.stubGlobal('fetch', () => Promise.resolve(new Response(endless)))
  await rateDown(api, () => blocks > 5)
  expect(blocks).toBeLessThan(10)
})

test('nothing that comes through is told apart from a refusal, which says nothing of the line', async () => {
  vi.stubGlobal('fetch', () => Promise.reject(new TypeError('no route')))
  expect([await rateUp(api, stays), await rateDown(api, stays)]).toEqual([null, null])
  vi.stubGlobal('fetch', () => Promise.resolve(new Response('{}', { status: 429 })))
  expect([await rateUp(api, stays), await rateDown(api, stays)]).toEqual([undefined, undefined])
})

test('a way down that breaks off is told by what came until then', async () => {
  let now = 0
  vi.stubGlobal('performance', { now: () => now })
  const broken = new ReadableStream({
    pull: (stream) => {
      now += 1_000
      if (now > 2_000) stream.error(new TypeError('reset'))
      else stream.enqueue(new Uint8Array(125 * 1000))
    },
  }, { highWaterMark: 0 })
  vi.stubGlobal('fetch', () => Promise.resolve(new Response(broken)))
  expect(await rateDown(api, stays)).toBeCloseTo(2_000 / 3)
})
