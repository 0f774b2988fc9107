import type { Known } from '../live/facts'
import { factOf, factsOf, liveSlots } from '../live/facts'
import type { State } from '../live/states'
import type { Line } from '../live/whep'

/** What is going on in a lesson that is watched, in one word for the page's sentences (`say.*` and `why.*`). */
export type Going =
  | 'paused' | 'delayed' | 'offline' | 'connecting' | 'quiet' | 'reconnecting' | 'refused' | 'awaiting' | 'left' | 'codec' | 'voice' | 'weak' | 'live'
export interface Sight {
  known: Known
  media: State
  line: Line | null
  online: boolean
  /** This page has been connected while somebody was live. */
  begun: boolean
  /** The lesson comes as files, some seconds late. */
  following: boolean
}

const SHAPES: Record<Going, string> = {
  paused: 'idle', delayed: 'live', offline: 'down', connecting: 'idle', quiet: 'idle', reconnecting: 'down', refused: 'down', awaiting: 'idle', left: 'idle',
  codec: 'down', voice: 'weak', weak: 'weak', live: 'live',
}

/** State first: the teacher's own pause explains silence before any fault does; then the line, then who is there, then how well. */
export function goingOn(sight: Sight): Going {
  if (factOf(sight.known, 'paused')?.paused) return 'paused'
  return ofConnection(sight) ?? ofSlots(sight) ?? ofLayer(sight) ?? ofLine(sight.line)
}

function ofConnection(sight: Sight): Going | null {
  const { media, online, begun, following } = sight
  if (media.name === 'playing') return null
  if (following && online) return 'delayed'
  if (media.name === 'closed') return media.cause ? 'refused' : 'connecting'
  if (!online) return 'offline'
  if (isSilent(media)) {
    const nobody = ofSlots(sight)
    if (nobody) return nobody
    if (media.name === 'stalled' && !media.restarted) return 'quiet'
  }
  return begun ? 'reconnecting' : 'connecting'
}

/** Nothing comes in, but no path is known to be lost: it may be that nobody sends. */
function isSilent(media: State): boolean {
  return media.name === 'stalled' ? !media.broken : media.name === 'reconnecting' && media.cause.code === 'quiet'
}

function ofSlots({ known, begun }: Sight): Going | null {
  if (known.seq && !liveSlots(known).length) return begun ? 'left' : 'awaiting'
  const mine = factsOf(known, 'line').filter((fact) => fact.connected && fact.direction === 'receive')
  return mine.length && mine.every((fact) => fact.codec === 'unsupported') ? 'codec' : null
}

/** The relay sends this page no picture, because its line carries none; a picture that moves here is newer word. */
function ofLayer({ known, line }: Sight): Going | null {
  return !line?.quality.moving && sentLayer(known) ? 'voice' : null
}

/** What the relay sends a page whose line carries no picture: the full voice or the thin one. */
function sentLayer(known: Known): 'voice' | 'thin' | null {
  const mine = factsOf(known, 'line').find((fact) => fact.connected && fact.direction === 'receive')
  return mine?.layer === 'voice' || mine?.layer === 'thin' ? mine.layer : null
}

function ofLine(line: Line | null): Going {
  if (line?.state !== 'weak') return 'live'
  return line.quality.audible && !line.quality.moving ? 'voice' : 'weak'
}

/** What is to be said about it: as the going, but a teacher's mute explains silence on a good line. */
export function whyOf(sight: Sight): Going | 'muted' | 'thin' {
  const going = goingOn(sight)
  if (going === 'voice' && sentLayer(sight.known) === 'thin') return 'thin'
  return going === 'live' && factOf(sight.known, 'muted', 'teacher')?.muted ? 'muted' : going
}

/** The state shape (base.css `st-*`) that goes with it. */
export function shapeOf(going: Going): string {
  return SHAPES[going]
}

/** Whether the picture on the screen is an old one. */
export function isStill(going: Going): boolean {
  return ['paused', 'offline', 'quiet', 'reconnecting', 'refused', 'left', 'voice'].includes(going)
}

/** The step of the ladder that the line carries now, largest first: the height that comes in, or none of them. */
export const LADDER = ['720p', '360p', '180p', 'voice'] as const
export function stepOf(line: Line | null): (typeof LADDER)[number] {
  if (!line || !line.quality.moving) return 'voice'
  if (line.quality.height >= 600) return '720p'
  return line.quality.height >= 300 ? '360p' : '180p'
}
