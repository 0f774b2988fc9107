import { type Ref, reactive, ref, shallowRef } from 'vue'
import { type Known, NOTHING, factOf, liveSlots } from '../live/facts'
import { type Connection, LessonEvents } from '../live/events'
import type { State } from '../live/states'
import { type Line, type Player, play } from '../live/whep'
import type { Follower } from '../live/follow'
import type { Api } from './api'
import { type TicketAnswer, type TicketWanted, iceServers } from './shapes'
import { serverNow } from './time'

/** A ticket with less than this left is not worth opening anything with. */
const FRESH = 60_000

/** Milliseconds without a way for media, while the page itself is served, after which the lesson comes as files. */
const PATIENCE = 8_000
/** Milliseconds until files are tried again that the browser has refused. */
const ANEW = 2_000
const FOLLOWED = ['teacher', 'board']

/** In a pause the relay sends nothing, so silence is no fault. */
const expected = (known: Known) => (factOf(known, 'paused')?.paused ? [] : liveSlots(known))

/** What a video element plays: a stream, or the address of one that comes as files. */
export type Shown = MediaStream | string

/** One lesson as a page watches it: its socket from `follow` on, its pictures from `watch` on. It needs no reload after anything. */
export class Watching {
  readonly known: Ref<Known> = shallowRef(NOTHING)
  readonly media: Ref<State> = shallowRef<State>({ name: 'idle' })
  readonly line: Ref<Line | null> = shallowRef(null)
  /** The streams of the opening that is up; the last ones stay while a new opening is tried. Addresses while it is followed. */
  readonly streams: Ref<Record<string, Shown>> = shallowRef({})
  /** Media finds no way, and the lesson comes over HTTP, some seconds late. */
  readonly following: Ref<boolean> = ref(false)
  readonly seen = reactive({ events: 'connecting' as Connection, connections: 0, weakSeconds: 0, begun: false })
  private answer: TicketAnswer | null = null
  private asking: Promise<TicketAnswer> | null = null
  private coming: Record<string, MediaStream> = {}
  private events: LessonEvents | null = null
  private player: Player | null = null
  private followers: Follower[] = []
  private waiting: ReturnType<typeof setTimeout> | undefined
  private closed = false

  constructor(
    private readonly api: Api,
    readonly lesson: string,
    private readonly wanted: TicketWanted,
  ) {}

  /** Opens the lesson's socket; asking again is harmless. Rejects with the Problem that the first ticket met. */
  async follow(): Promise<void> {
    if (this.events) return
    const { events_url: url } = await this.ticket(false)
    if (this.events || this.closed) return
    this.events = new LessonEvents({
      url,
      ticket: async (stale) => (await this.ticket(stale)).ticket,
      onKnown: (known) => this.learned(known),
      onConnection: (connection) => (this.seen.events = connection),
    })
  }

  /** Starts the pictures, also after a refusal for good; asking again is harmless. Rejects as `follow` does. */
  async watch(): Promise<void> {
    if (this.player) return this.media.value.name === 'closed' ? this.player.nudge() : undefined
    const answer = await this.ticket(false)
    if (this.player || this.closed) return
    this.player = play({
      url: answer.whep_url,
      urls: answer.whep_urls,
      iceServers: iceServers(answer),
      ticket: async (stale) => (await this.ticket(stale)).ticket,
      onState: (state) => this.moved(state),
      onStreams: (streams) => (this.coming = streams),
      onLine: (line) => this.measured(line),
    })
  }

  nudge(): void {
    this.events?.nudge()
    this.player?.nudge()
  }

  close(): void {
    this.closed = true
    this.events?.close()
    this.player?.close()
    this.endFollowing()
  }

  private learned(known: Known): void {
    const [before, live] = [liveSlots(this.known.value), liveSlots(known)]
    this.known.value = known
    this.begin()
    this.player?.expect(expected(known))
    // A relay that is back announces its slots: no need to wait for the next try.
    if (this.media.value.name === 'reconnecting' && live.some((slot) => !before.includes(slot))) this.player?.nudge()
  }

  private moved(state: State): void {
    if (state.name === 'playing') this.endFollowing()
    else if (state.name !== 'closed' && !this.seen.connections) this.waiting ??= setTimeout(() => void this.followSlots(), PATIENCE)
    if (state.name === 'playing' && this.streams.value !== this.coming) {
      this.streams.value = this.coming
      this.seen.connections++
      this.line.value = null
      if (this.known.value !== NOTHING) this.player?.expect(expected(this.known.value))
    }
    this.media.value = state
    this.begin()
  }

  /** The slots that are live come as files until media finds its way. What is not recorded cannot be followed. */
  private async followSlots(): Promise<void> {
    this.waiting = undefined
    const slots = FOLLOWED.filter((slot) => factOf(this.known.value, 'recording')?.slots.includes(slot))
    const { Follower, canFollow } = await import('../live/follow')
    if (this.closed || this.followers.length || this.media.value.name === 'playing') return
    if (!slots.length || !canFollow()) {
      this.waiting = setTimeout(() => void this.followSlots(), PATIENCE)
      return
    }
    const [onBegin, onEnd] = [() => this.followed(), () => this.followAnew()]
    this.followers = slots.map((slot) => new Follower({ slot, get: (name) => this.file(name), onBegin, onEnd }))
    this.streams.value = Object.fromEntries(this.followers.map((one, index) => [slots[index], one.url]))
  }

  private async file(name: string): Promise<Response> {
    const { ticket } = await this.ticket(false)
    return this.api.open(`/api/lessons/${this.lesson}/live/${name}`, { 'Songjiao-Ticket': ticket })
  }

  private followed(): void {
    this.following.value = true
    this.seen.begun = true
  }

  private followAnew(): void {
    this.endFollowing()
    this.waiting = setTimeout(() => void this.followSlots(), ANEW)
  }

  private endFollowing(): void {
    clearTimeout(this.waiting)
    this.waiting = undefined
    this.following.value = false
    for (const one of this.followers) one.close()
    this.followers = []
  }

  /** Known at once, not by the first measurement: a line that breaks in the first seconds of a lesson is an interruption too. */
  private begin(): void {
    if (this.media.value.name === 'playing' && liveSlots(this.known.value).length) this.seen.begun = true
  }

  private measured(line: Line): void {
    this.line.value = line
    if (line.state === 'weak') this.seen.weakSeconds += 2
  }

  /** The ticket in hand while it is good, else a new one; two askers at once share one request. */
  private async ticket(stale: boolean): Promise<TicketAnswer> {
    const good = this.answer && Date.parse(this.answer.expires_at) - serverNow() > FRESH
    if (this.answer && good && !stale) return this.answer
    this.asking ??= this.api.post<TicketAnswer>(`/api/lessons/${this.lesson}/ticket`, this.wanted)
    try {
      this.answer = await this.asking
      return this.answer
    } finally {
      this.asking = null
    }
  }
}
