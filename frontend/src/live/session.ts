import type { Peer } from './peer'
import { Refused, said } from './resource'
import { type Cause, type Event, type State, isFinal, reduce } from './states'

const TICK = 500
/** Silence that makes a session stalled; less where another relay can take over. */
const QUIET = 1_500
const SOON = { tick: 250, quiet: 800 }

export interface SessionOptions {
  /** Opens a new peer. `stale` is true when the server refused the last ticket. */
  open: (stale: boolean) => Promise<Peer>
  /** A figure that rises while something comes in from the relay. */
  incoming: (report: RTCStatsReport) => number
  /** Whether something must be coming in now. */
  expecting: () => boolean
  /** Turns to another relay's address; false when all have been tried. Without it there is only one. */
  next?: () => boolean
  onState: (state: State) => void
  onReport: (report: RTCStatsReport, now: number) => void
}

/** The shell of states.ts: clock, peer and requests. Every opening has a number, so that a late answer of an old one is dropped. */
export class MediaSession {
  state: State = { name: 'idle' }
  peer: Peer | null = null
  private ticking: ReturnType<typeof setInterval> | undefined
  private opening = 0
  private stale = false
  private figure = 0
  private heardAt = 0

  constructor(private readonly options: SessionOptions) {}

  feed(event: Event): void {
    const { state, acts } = reduce(this.state, event, Date.now(), Math.random())
    const changed = state !== this.state
    this.state = state
    this.keepTicking()
    for (const act of acts) void this[act]()
    if (changed) this.options.onState(state)
  }

  /** Named as the acts of states.ts. */
  private async open(): Promise<void> {
    const mine = ++this.opening
    this.drop(true)
    try {
      const peer = await this.options.open(this.stale)
      if (mine !== this.opening) return peer.end(true)
      this.stale = false
      this.adopt(peer)
    } catch (error) {
      if (mine !== this.opening) return
      const { cause, wait } = explain(error)
      this.stale = cause.status === 401
      const final = isFinal(cause.status)
      const elsewhere = !final && cause.status !== 401 && (this.options.next?.() ?? false)
      this.feed({ type: 'failed', cause, final, elsewhere, ...(wait === null ? {} : { wait }) })
    }
  }

  private async check(): Promise<void> {
    const mine = this.opening
    const found = (await this.peer?.resource.check()) ?? 'gone'
    if (mine !== this.opening) return
    this.feed({ type: 'found', found, elsewhere: found === 'unreachable' && (this.options.next?.() ?? false) })
  }

  private async restart(): Promise<void> {
    const mine = this.opening
    const done = (await this.peer?.restart()) ?? false
    if (mine === this.opening) this.feed({ type: 'restarted', done })
  }

  private end(): void {
    this.opening++
    this.drop(true)
  }

  private adopt(peer: Peer): void {
    this.peer = peer
    this.figure = 0
    this.heardAt = Date.now()
    peer.connection.onconnectionstatechange = () => this.followConnection(peer.connection.connectionState)
    this.followConnection(peer.connection.connectionState)
  }

  private followConnection(state: RTCPeerConnectionState): void {
    if (state === 'connected') this.heardAt = Date.now()
    if (state === 'connected') this.feed({ type: 'connected' })
    if (state === 'disconnected' || state === 'failed') this.feed({ type: 'lost' })
  }

  private drop(tell: boolean): void {
    this.peer?.end(tell)
    this.peer = null
  }

  private keepTicking(): void {
    const needed = this.state.name !== 'idle' && this.state.name !== 'closed'
    if (needed && this.ticking === undefined) this.ticking = setInterval(() => void this.tick(), this.options.next ? SOON.tick : TICK)
    if (needed || this.ticking === undefined) return
    clearInterval(this.ticking)
    this.ticking = undefined
  }

  private async tick(): Promise<void> {
    const peer = this.peer
    if (peer) await this.listen(peer)
    this.feed({ type: 'tick' })
  }

  private async listen(peer: Peer): Promise<void> {
    const report = await peer.connection.getStats().catch(() => null)
    if (!report || peer !== this.peer) return
    const now = Date.now()
    this.options.onReport(report, now)
    const figure = this.options.incoming(report)
    if (figure !== this.figure) {
      this.figure = figure
      this.heardAt = now
      this.feed({ type: 'heard' })
    } else if (now - this.heardAt > (this.options.next ? SOON.quiet : QUIET) && this.options.expecting()) {
      this.feed({ type: 'quiet' })
    }
  }
}

function explain(error: unknown): { cause: Cause; wait: number | null } {
  const { status = 0, code = 'failed', document = {} } = error as Partial<Refused>
  const cause = { status, code, zh: said(document, 'detail_zh'), en: said(document, 'detail_en') }
  return { cause, wait: error instanceof Refused ? error.retryAfter : null }
}
