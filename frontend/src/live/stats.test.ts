import { expect, test } from 'vitest'
import { backoff } from './backoff'
import { CALM, UNJUDGED, between, isPoor, judge, patience, sample } from './stats'

const report = (packets: number, lost: number, frames: number, sound = 0, concealed = 0) =>
  sample([
    { type: 'inbound-rtp', kind: 'video', packetsReceived: packets, packetsLost: lost, framesDecoded: frames, bytesReceived: packets * 1000, frameHeight: 720 },
    { type: 'inbound-rtp', kind: 'audio', totalSamplesReceived: sound, concealedSamples: concealed, silentConcealedSamples: 0 },
    { type: 'candidate-pair', state: 'succeeded', currentRoundTripTime: 0.064 },
    { type: 'transport' },
  ], frames * 40)

test('two looks give rates of the time between them', () => {
  const quality = between(report(0, 0, 0), report(475, 25, 50, 96_000, 960))
  expect(quality).toMatchObject({ kbps: 1900, loss: 0.05, fps: 25, height: 720, rtt: 64, moving: true, flowing: true, concealed: 0.01 })
  expect(isPoor(quality)).toBe(false)
  expect(isPoor({ ...quality, loss: 0.08 })).toBe(true)
})

test('a line that goes round the relay\'s UDP port says so', () => {
  const by = (candidate: object) => sample([{ type: 'candidate-pair', state: 'succeeded', nominated: true, localCandidateId: 'a' }, { type: 'local-candidate', id: 'a', ...candidate }], 0).detour
  expect(by({ candidateType: 'host', protocol: 'udp' })).toBe(false)
  expect(by({ candidateType: 'host', protocol: 'tcp' })).toBe(true)
  expect(by({ candidateType: 'relay', protocol: 'udp' })).toBe(true)
})

test('what has to be asked for again makes sound wait for it', () => {
  const quality = between(report(0, 0, 0), report(475, 0, 50))
  expect(patience(quality)).toBe(null)
  expect(patience({ ...quality, asked: 0.05, rtt: 80 })).toBe(200)
  expect(patience({ ...quality, concealed: 0.02, rtt: 900 })).toBe(400)
})

test('repaired packets make no negative loss, and nothing at all is no loss', () => {
  expect(between(report(10, 5, 1), report(20, 2, 2)).loss).toBe(0)
  expect(between(report(10, 5, 1), report(10, 5, 1))).toMatchObject({ loss: 0, flowing: false, moving: false })
})

test('a line is weak after two poor looks and good again only after a calm time', () => {
  const looks = (before: typeof UNJUDGED, ...poor: boolean[]) => poor.reduce(judge, before)
  expect(looks(UNJUDGED, true).state).toBe('ok')
  const weak = looks(UNJUDGED, true, true)
  expect(weak.state).toBe('weak')
  expect(looks(weak, false, false, true, false).state).toBe('weak')
  expect(looks(weak, ...Array<boolean>(CALM).fill(false)).state).toBe('ok')
})

test('waits double up to their limit, with chance in them', () => {
  expect([0, 1, 2, 9].map((n) => backoff(n, 1))).toEqual([500, 1000, 2000, 10_000])
  expect(backoff(2, 0)).toBe(1000)
})
