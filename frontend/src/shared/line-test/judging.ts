/** What the figures of a line's test mean. Pure: figures in, checks in the order of their weight out. */
import type { Quality } from '../../live/stats'

export type Verdict = 'ok' | 'weak' | 'down'
export const NAMES = ['relay', 'udp', 'loss', 'rtt', 'down', 'up', 'symmetry', 'microphone', 'speaker'] as const
export type Name = (typeof NAMES)[number]
export interface Check { name: Name; verdict: Verdict; value?: number }

/** From these on a class would notice: per cent of packets, and milliseconds there and back. */
export const LOSS = 5
export const RTT = 400
/** kbit/s: the middle picture with its sound and repairs; the least one with its sound. */
export const MIDDLE = 700
export const LEAST = 200
/** A way up so many times narrower than the way down is another product of the carrier, and worth a word. */
export const LOPSIDED = 5
/** Above this (kbit/s) the way up carries the best picture, however wide the way down may be. */
export const ENOUGH = 2_500

export type Ear = 'heard' | 'silent' | 'denied' | 'missing'
/** One end of the way: what its browser said of it at last. */
export interface End { answered: boolean; connected: boolean; detour: boolean }
export const NO_END: End = { answered: false, connected: false, detour: false }
/** kbit/s; null where nothing came through, undefined where nothing is known, as after a refusal of the server. */
export type Rate = number | null | undefined
export interface Figures {
  /** Whether this room ever sends; one that only listens needs no microphone and no way up. */
  speaks: boolean
  /** What the microphone gave in some seconds; null where that could not be told. */
  microphone: Ear | null
  /** Whether the tone was heard; null where nobody was asked. */
  speaker: boolean | null
  /** The lesson's own way there and back. */
  way: { up: End; down: End; qualities: readonly Quality[]; lossUp: number; port: number | null; address: string | null }
  /** By web. */
  down: Rate
  up: Rate
}

const round = (value: number): number => Math.round(value * 10) / 10
const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / Math.max(1, values.length)
const MICROPHONE: Record<Ear, Verdict> = { heard: 'ok', silent: 'weak', denied: 'weak', missing: 'down' }

export function checksOf(figures: Figures): Check[] {
  const { speaks, microphone } = figures
  const found = [...ofWay(figures.way), ...ofRates(figures.down, speaks ? figures.up : undefined, figures.way.qualities)]
  if (speaks && microphone !== null) found.push({ name: 'microphone', verdict: MICROPHONE[microphone] })
  if (figures.speaker !== null) found.push({ name: 'speaker', verdict: figures.speaker ? 'ok' : 'down' })
  return found
}

/** UDP is blamed only where an end never connected or went another way; a picture that did not come back may have other reasons. */
function ofWay({ up, down, qualities, lossUp, port }: Figures['way']): Check[] {
  const ends = [up, down]
  if (!ends.every((end) => end.answered)) return [{ name: 'relay', verdict: 'down' }]
  const direct = ends.every((end) => end.connected && !end.detour)
  const udp: Check = { name: 'udp', verdict: direct ? 'ok' : 'down', ...(port === null ? {} : { value: port }) }
  if (!ends.every((end) => end.connected)) return [udp]
  if (!qualities.length) return [{ name: 'relay', verdict: 'weak' }, udp]
  const loss = round(100 * Math.max(lossUp, mean(qualities.map((one) => Math.max(one.loss, one.asked)))))
  const found: Check[] = [udp, { name: 'loss', verdict: loss > LOSS ? 'weak' : 'ok', value: loss }]
  const rtt = roundTrip(qualities)
  return rtt === null ? found : [...found, { name: 'rtt', verdict: rtt > RTT ? 'weak' : 'ok', value: rtt }]
}

function roundTrip(qualities: readonly Quality[]): number | null {
  const trips = qualities.flatMap((one) => (one.rtt === null ? [] : [one.rtt]))
  return trips.length ? Math.round(Math.min(...trips)) : null
}

/** On a long way short bodies tell little of the rate up, so nothing is said of symmetry there. */
function ofRates(down: Rate, up: Rate, qualities: readonly Quality[]): Check[] {
  const found: Check[] = []
  if (down !== undefined) found.push(ofRate('down', down))
  if (up !== undefined) found.push(ofRate('up', up))
  if (!down || !up || up >= ENOUGH || down < up * LOPSIDED || (roundTrip(qualities) ?? 0) > RTT) return found
  return [...found, { name: 'symmetry', verdict: 'weak', value: round(down / up) }]
}

function ofRate(name: 'down' | 'up', kbps: number | null): Check {
  if (kbps === null) return { name, verdict: 'down' }
  return { name, verdict: kbps >= MIDDLE ? 'ok' : kbps >= LEAST ? 'weak' : 'down', value: Math.min(1_000_000, Math.round(kbps)) }
}
