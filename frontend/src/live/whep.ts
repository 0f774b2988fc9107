import { Peer } from './peer'
import { MediaSession } from './session'
import type { State } from './states'
import { type Judgement, type Quality, type Sample, UNJUDGED, between, isPoor, judge, patience, sample } from './stats'
import { Ways } from './ways'

/** The lines of a page that watches, in the order of the offer; each is one audio and one video line. */
export const VIEWER_LINES = ['teacher', 'board', 'guest'] as const
const LOOK_EVERY = 2_000
/** How often a page looks whether the nearest relay is back. */
const HOME_EVERY = 15_000

export interface Line { quality: Quality; state: 'ok' | 'weak' }
export interface PlayOptions {
  url: string
  /** All addresses to try, the nearest first; `url` alone without them. */
  urls?: readonly string[]
  /** Asked before every opening; `stale` is true when the server refused the last one. */
  ticket: (stale: boolean) => string | Promise<string>
  iceServers?: RTCIceServer[]
  lines?: readonly string[]
  onState: (state: State) => void
  /** New streams after each opening, one a line; tracks are muted until something comes. */
  onStreams: (streams: Record<string, MediaStream>) => void
  onLine?: (line: Line) => void
}

/** A viewer of one lesson by WHEP. It comes back by itself after anything; `close()` is the only end. No DOM. */
export class Player {
  private readonly session: MediaSession
  private judgement: Judgement = UNJUDGED
  private before: Sample | null = null
  private live: readonly string[] | null = null
  private heard = false
  private readonly ways: Ways
  private lookedHome = 0

  constructor(private readonly options: PlayOptions) {
    this.ways = new Ways(options.urls?.length ? options.urls : [options.url])
    this.session = new MediaSession({
      open: (stale) => this.open(stale),
      incoming: (report) => sample(report, 0).packets,
      // Before the first word of the lesson's socket, what was heard once is expected to go on.
      expecting: () => (this.live === null ? this.heard : this.live.length > 0),
      ...(this.ways.alone ? {} : { next: () => this.ways.next() }),
      onState: (state) => this.moved(state),
      onReport: (report, now) => this.look(sample(report, now)),
    })
    this.session.feed({ type: 'start' })
  }

  get state(): State {
    return this.session.state
  }

  /** The lines in which media is said to flow; silence in the others is no fault. */
  expect(slots: readonly string[]): void {
    const lines = this.options.lines ?? VIEWER_LINES
    this.live = slots.filter((slot) => lines.includes(slot))
  }

  /** The network changed or the machine woke: look at once. After a refusal for good it tries again. */
  nudge(): void {
    this.session.feed(this.state.name === 'closed' ? { type: 'start' } : { type: 'nudge' })
  }

  close(): void {
    this.session.feed({ type: 'close' })
  }

  private async open(stale: boolean): Promise<Peer> {
    const { ticket, iceServers = [], lines = VIEWER_LINES } = this.options
    const prepare = (connection: RTCPeerConnection) => this.options.onStreams(receive(connection, lines))
    this.before = null
    this.judgement = UNJUDGED
    return Peer.open({ url: this.ways.url, ticket: await ticket(stale), iceServers, prepare })
  }

  private moved(state: State): void {
    if (state.name === 'playing') this.ways.served()
    this.options.onState(state)
  }

  /** A nearer relay that is back is better: the farther one has other rooms to serve. */
  private async lookHome(now: number): Promise<void> {
    const home = this.ways.home
    if (home === null || this.state.name !== 'playing' || now - this.lookedHome < HOME_EVERY) return
    this.lookedHome = now
    const health = await fetch(new URL('/api/health', home), { cache: 'no-store' }).catch(() => null)
    if (!health?.ok || this.ways.home !== home) return
    this.ways.goHome()
    this.session.feed({ type: 'found', found: 'gone' })
  }

  private look(after: Sample): void {
    void this.lookHome(Date.now())
    this.heard = this.heard || after.packets > 0
    const before = this.before ?? after
    this.before = before
    if (after.at - before.at < LOOK_EVERY) return
    this.before = after
    const quality = between(before, after)
    this.judgement = judge(this.judgement, isPoor(quality))
    this.wait(patience(quality))
    this.options.onLine?.({ quality, state: this.judgement.state })
  }

  /** Grows at once and shrinks never within an opening: each change is heard. */
  private wait(milliseconds: number | null): void {
    if (milliseconds === null) return
    for (const receiver of this.session.peer?.connection.getReceivers() ?? []) {
      if ('jitterBufferTarget' in receiver && (receiver.jitterBufferTarget ?? 0) < milliseconds) receiver.jitterBufferTarget = milliseconds
    }
  }
}

export function play(options: PlayOptions): Player {
  return new Player(options)
}

function receive(connection: RTCPeerConnection, lines: readonly string[]): Record<string, MediaStream> {
  const line = (kind: 'audio' | 'video') => connection.addTransceiver(kind, { direction: 'recvonly' }).receiver.track
  return Object.fromEntries(lines.map((name) => [name, new MediaStream([line('audio'), line('video')])]))
}
