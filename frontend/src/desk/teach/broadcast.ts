import { onBeforeUnmount, ref, shallowRef, watch, type ShallowRef } from 'vue'
import type { State } from '../../live/states'
import { publish, type Publisher } from '../../live/whip'
import { iceServers } from '../../shared/shapes'
import { askTicket } from '../lessons/calls'
import { Access } from './access'
import type { Capture } from './capture'
import type { Shared } from './share'
import type { Mode } from './stage'
import { uplinkSince, type Counted, type Uplink } from './uplink'

const LOOK_MS = 2_000
const IDLE: State = { name: 'idle' }

/** Her publications of one lesson: the main slot from camera and microphone, the board from the shared screen. */
export class Broadcast {
  readonly mode = ref<Mode>('off')
  readonly state = shallowRef<State>(IDLE)
  readonly uplink = shallowRef<Uplink | null>(null)
  readonly access = shallowRef<Access | null>(null)
  private main: Publisher | null = null
  private voice: Publisher | null = null
  private board: Publisher | null = null
  private counted: Counted | null = null

  constructor(private readonly lesson: string, private readonly tracks: Capture['tracks'], private readonly shared: ShallowRef<Shared | null>) {}

  /** Rejects with the server's Problem when she may not. */
  async begin(mode: Exclude<Mode, 'off'>, takeover = false): Promise<void> {
    const rehearsal = mode === 'rehearsal'
    const answer = await askTicket(this.lesson, 'teacher', { rehearsal, takeover })
    this.stop()
    this.mode.value = mode
    this.access.value = new Access(answer, takeover, () => askTicket(this.lesson, 'teacher', { rehearsal }))
    this.publishMain(this.access.value)
    this.publishVoice(this.access.value)
    this.publishBoard()
  }

  stop(): void {
    this.mode.value = 'off'
    for (const one of [this.main, this.voice, this.board]) one?.close()
    this.main = this.voice = this.board = this.counted = null
    this.uplink.value = null
  }

  nudge = (): void => {
    for (const one of [this.main, this.voice, this.board]) one?.nudge()
  }

  put(kind: 'audio' | 'video', track: MediaStreamTrack | null): void {
    void this.main?.replaceTrack(kind, track)
    if (kind === 'audio') void this.voice?.replaceTrack(kind, track)
  }

  /** A new screen goes into the running session; only sound that the session has no line for needs a new one. */
  show(next: Shared | null, before: Shared | null): void {
    if (!this.board || !next || !before || Boolean(next.audio) !== Boolean(before.audio)) return this.publishBoard()
    void this.board.replaceTrack('video', next.video)
    if (next.audio) void this.board.replaceTrack('audio', next.audio)
  }

  private publishMain({ answer, use }: Access): void {
    this.main = publish({
      url: answer.whip_url ?? '', urls: answer.whip_urls, ticket: use, iceServers: iceServers(answer), audio: this.tracks.microphone, video: this.tracks.camera,
      layers: true, onState: (state) => this.follow(state), onReport: (report, now) => this.measure(report, now),
    })
  }

  /** Her voice once more, in few bits: for rooms whose line carries no more. The relay asks for the bits. */
  private publishVoice({ answer, use }: Access): void {
    this.voice = publish({
      url: answer.whip_url ?? '', urls: answer.whip_urls, slot: 'voice', ticket: use, iceServers: iceServers(answer), audio: this.tracks.microphone, video: null,
      onState: () => undefined,
    })
  }

  private publishBoard(): void {
    const [to, screen] = [this.access.value, this.shared.value]
    this.board?.close()
    this.board = null
    if (!to || !screen || this.mode.value === 'off') return
    this.board = publish({
      url: to.answer.whip_url ?? '', urls: to.answer.whip_urls, slot: 'board', ticket: to.use, iceServers: iceServers(to.answer), audio: screen.audio, video: screen.video,
      still: true, onState: () => undefined,
    })
  }

  private follow(next: State): void {
    this.state.value = next
    if (next.name === 'playing') this.access.value?.hasServed()
  }

  private measure(report: RTCStatsReport, now: number): void {
    if (this.counted && now - this.counted.at < LOOK_MS) return
    const { counted, uplink } = uplinkSince(this.counted, report, now)
    this.counted = counted
    if (uplink) this.uplink.value = uplink
  }
}

export function useBroadcast(lesson: string, { tracks }: Capture, shared: ShallowRef<Shared | null>): Broadcast {
  const broadcast = new Broadcast(lesson, tracks, shared)
  watch(() => tracks.camera, (track) => broadcast.put('video', track))
  watch(() => tracks.microphone, (track) => broadcast.put('audio', track))
  watch(shared, (next, before) => broadcast.show(next, before))
  window.addEventListener('online', broadcast.nudge)
  onBeforeUnmount(() => {
    window.removeEventListener('online', broadcast.nudge)
    broadcast.stop()
  })
  return broadcast
}
