import { backoff } from './backoff'
import { type FromClient, type FromServer, type Known, NOTHING, type Refusal, afterClose, learn } from './facts'

/** Silence after which the server is taken for lost; it pings every 10 s (PROTOCOL.md). */
const SILENCE = 25_000
/** The wait that 4429 asks for. */
const PENALTY = 60_000

export type Connection = 'connecting' | 'open' | 'lost' | 'closed'

export interface EventsOptions {
  url: string
  /** Asked before every opening, so it may hand out a renewed ticket. `stale` is true when the server refused the last one. */
  ticket: (stale: boolean) => string | Promise<string>
  onKnown: (known: Known) => void
  onConnection?: (connection: Connection) => void
  onRefusal?: (refusal: Refusal) => void
}

/** The lesson's socket. It resumes by number after anything; `close()` is the only end. No DOM. */
export class LessonEvents {
  private known: Known = NOTHING
  private socket: WebSocket | null = null
  private timer: ReturnType<typeof setTimeout> | undefined
  private attempt = 0
  private stale = false
  private ended = false

  constructor(private readonly options: EventsOptions) {
    void this.open()
  }

  /** The network came back, or the machine woke: do not wait for the timer. */
  nudge(): void {
    if (this.ended || this.socket?.readyState === WebSocket.CONNECTING) return
    this.attempt = 0
    this.reopen(0)
  }

  /** False when there is no socket now; nothing is kept for later, because a late "pause" would surprise. */
  send(message: FromClient): boolean {
    if (this.socket?.readyState !== WebSocket.OPEN) return false
    this.socket.send(JSON.stringify(message))
    return true
  }

  close(): void {
    this.ended = true
    this.drop()
    this.options.onConnection?.('closed')
  }

  private async open(): Promise<void> {
    this.options.onConnection?.('connecting')
    let ticket: string
    try {
      ticket = await this.options.ticket(this.stale)
    } catch {
      return this.reopen(backoff(this.attempt++, Math.random()))
    }
    if (!this.ended) this.listen(new WebSocket(this.address(), ['songjiao.events', ticket]))
  }

  private address(): string {
    const url = new URL(this.options.url)
    url.protocol = url.protocol.replace('http', 'ws')
    if (this.known.seq) url.searchParams.set('after', String(this.known.seq))
    return url.toString()
  }

  private listen(socket: WebSocket): void {
    this.drop()
    this.socket = socket
    this.expect()
    socket.onmessage = (event) => {
      this.expect()
      this.take(event.data as string)
    }
    socket.onclose = (event) => {
      if (this.socket === socket) this.lost(event.code)
    }
  }

  private take(text: string): void {
    const message = JSON.parse(text) as FromServer
    this.attempt = 0
    this.stale = false
    this.options.onConnection?.('open')
    if (message.type === 'ping') this.send({ type: 'pong' })
    if (message.type === 'problem') this.options.onRefusal?.(message)
    const known = learn(this.known, message)
    if (known === this.known) return
    this.known = known
    this.options.onKnown(known)
  }

  private expect(): void {
    clearTimeout(this.timer)
    this.timer = setTimeout(() => this.lost(1006), SILENCE)
  }

  private lost(code: number): void {
    const next = afterClose(code)
    if (next === 'stop') return this.close()
    this.stale = next === 'renew'
    this.options.onConnection?.('lost')
    this.reopen(next === 'wait' ? PENALTY : backoff(this.attempt++, Math.random()))
  }

  private reopen(wait: number): void {
    this.drop()
    this.timer = setTimeout(() => void this.open(), wait)
  }

  private drop(): void {
    clearTimeout(this.timer)
    const socket = this.socket
    this.socket = null
    if (socket) socket.onmessage = socket.onclose = null
    socket?.close()
  }
}
