import { Peer } from './peer'
import { MediaSession } from './session'
import type { State } from './states'
import { Ways } from './ways'

export type Codec = 'VP8' | 'H264'
/** Smallest first, by the names that the relay uses; of a 720p camera 180p, 360p and 720p. */
export const LAYERS: RTCRtpEncodingParameters[] = [
  { rid: 'q', scaleResolutionDownBy: 4, maxBitrate: 150_000 },
  { rid: 'h', scaleResolutionDownBy: 2, maxBitrate: 500_000 },
  { rid: 'f', maxBitrate: 1_700_000 },
]
export interface PublishOptions {
  /** The ticket's whip_url; `slot` is added for any but the main one. */
  url: string
  /** All addresses to try, the best first; `url` alone without them. */
  urls?: readonly string[]
  slot?: 'board' | 'voice' | null
  ticket: (stale: boolean) => string | Promise<string>
  iceServers?: RTCIceServer[]
  audio: MediaStreamTrack | null
  video: MediaStreamTrack | null
  codec?: Codec
  /** Three layers, so that each room gets the one that its line carries. */
  layers?: boolean
  /** Sharp slides before smooth movement, for the board. */
  still?: boolean
  onState: (state: State) => void
  onReport?: (report: RTCStatsReport, now: number) => void
}

/** One published slot by WHIP (RFC 9725). It takes its slot back by itself after anything; `close()` is the only end. No DOM. */
export class Publisher {
  private readonly session: MediaSession
  private readonly ways: Ways
  private tracks: Record<'audio' | 'video', MediaStreamTrack | null>
  private senders: Partial<Record<'audio' | 'video', RTCRtpSender>> = {}

  constructor(private readonly options: PublishOptions) {
    this.tracks = { audio: options.audio, video: options.video }
    this.ways = new Ways(options.urls?.length ? options.urls : [options.url])
    this.session = new MediaSession({
      open: (stale) => this.open(stale),
      incoming: reportsIn,
      expecting: () => true,
      ...(this.ways.alone ? {} : { next: () => this.ways.next() }),
      onState: (state) => this.moved(state),
      onReport: (report, now) => options.onReport?.(report, now),
    })
    this.session.feed({ type: 'start' })
  }

  get state(): State {
    return this.session.state
  }

  /** Another camera or microphone, or none, without a new session. Kept for the next opening too. */
  async replaceTrack(kind: 'audio' | 'video', track: MediaStreamTrack | null): Promise<void> {
    this.tracks[kind] = track
    await this.senders[kind]?.replaceTrack(track)
  }

  private moved(state: State): void {
    if (state.name === 'playing') this.ways.served()
    this.options.onState(state)
  }

  nudge(): void {
    this.session.feed(this.state.name === 'closed' ? { type: 'start' } : { type: 'nudge' })
  }

  close(): void {
    this.session.feed({ type: 'close' })
  }

  private async open(stale: boolean): Promise<Peer> {
    const ticket = await this.options.ticket(stale)
    const prepare = (connection: RTCPeerConnection) => this.offer(connection)
    return Peer.open({ url: slotUrl(this.ways.url, this.options.slot), ticket, iceServers: this.options.iceServers ?? [], prepare })
  }

  /** Both lines are always offered where the slot has both, so that a microphone plugged in later needs no new session. */
  private offer(connection: RTCPeerConnection): void {
    const stream = new MediaStream()
    const line = (kind: 'audio' | 'video') => connection.addTransceiver(this.tracks[kind] ?? kind, {
      direction: 'sendonly', streams: [stream], ...(kind === 'video' && this.options.layers && { sendEncodings: LAYERS }),
    })
    this.senders = {}
    if (this.options.slot !== 'board' || this.tracks.audio) this.senders.audio = line('audio').sender
    if (this.options.slot === 'voice') return
    const video = line('video')
    this.senders.video = video.sender
    preferCodec(video, this.options.codec ?? 'H264')
    if (this.options.still) void keepSharp(video.sender)
  }
}

export function publish(options: PublishOptions): Publisher {
  return new Publisher(options)
}

/** `?slot=` on the address as given; the main slot is the address itself. */
export function slotUrl(url: string, slot: string | null | undefined): string {
  if (!slot) return url
  const address = new URL(url)
  address.searchParams.set('slot', slot)
  return address.toString()
}

/** Constrained baseline in packets of any size: what every decoder takes, and HLS players too. */
const PLAINEST = /profile-level-id=42e0/i

/** The wanted codec first and the rest behind it, so that a server may still choose; of H264 the plainest profile first. */
export function ordered<T extends { mimeType: string; sdpFmtpLine?: string }>(codecs: readonly T[], codec: Codec): T[] {
  const isWanted = (one: T) => one.mimeType.toLowerCase() === `video/${codec.toLowerCase()}`
  const rank = (one: T) => {
    const line = one.sdpFmtpLine ?? ''
    return isWanted(one) ? (PLAINEST.test(line) && line.includes('packetization-mode=1') ? 0 : 1) : 2
  }
  return [...codecs].sort((a, b) => rank(a) - rank(b))
}

function preferCodec(transceiver: RTCRtpTransceiver, codec: Codec): void {
  const codecs = RTCRtpReceiver.getCapabilities('video')?.codecs
  // Firefox before 128 has no setCodecPreferences and offers VP8 first anyway.
  if (codecs && 'setCodecPreferences' in transceiver) transceiver.setCodecPreferences(ordered(codecs, codec))
}

async function keepSharp(sender: RTCRtpSender): Promise<void> {
  const parameters = sender.getParameters()
  parameters.degradationPreference = 'maintain-resolution'
  await sender.setParameters(parameters).catch(() => undefined)
}

/** The relay's receiver reports and bandwidth messages come every half second; their bytes are counted on the path in use. */
function reportsIn(report: RTCStatsReport): number {
  let bytes = 0
  report.forEach((stats: Record<string, unknown>) => {
    if (stats['type'] === 'candidate-pair' && typeof stats['bytesReceived'] === 'number') bytes += stats['bytesReceived']
  })
  return bytes
}
