import { type Part, following, readPlaylist } from './playlist'

/** Seconds of what has been seen that stay in memory. */
const KEPT = 20
const PAUSE = 1_000
/** Seconds at which the first part begins, so that nothing of it lies before zero; browsers bridge so little. */
const LEAD = 0.05

export interface FollowOptions {
  slot: string
  /** Fetches a file of the lesson under way; rejects when there is none, or no answer. */
  get: (name: string) => Promise<Response>
  /** Called when the first picture or voice is there. */
  onBegin: () => void
  /** Called when the browser takes no more; the address plays nothing from then on. */
  onEnd: () => void
}

/**
 * A slot over plain HTTP, some seconds late, for networks that carry nothing else: the recorder's parts go into a source
 * that a video element plays, until `close()` or `onEnd`. A new codec changes over in the same element.
 */
export class Follower {
  /** The address that a video element plays. */
  readonly url: string
  private readonly source = new MediaSource()
  private buffer: SourceBuffer | null = null
  private init = ''
  private last: Part | null = null
  private closed = false

  constructor(private readonly options: FollowOptions) {
    this.url = URL.createObjectURL(this.source)
    this.source.addEventListener('sourceopen', () => void this.run(), { once: true })
  }

  close(): void {
    this.closed = true
    URL.revokeObjectURL(this.url)
  }

  private async run(): Promise<void> {
    while (!this.closed && this.source.readyState === 'open') {
      try {
        await this.look()
      } catch {
        await new Promise((resolve) => setTimeout(resolve, PAUSE))
      }
    }
    if (!this.closed) this.options.onEnd()
  }

  private async look(): Promise<void> {
    const wait = this.last ? `?_HLS_msn=${this.last.segment}&_HLS_part=${this.last.index + 1}` : ''
    const list = readPlaylist(await (await this.options.get(`${this.options.slot}.m3u8${wait}`)).text())
    const parts = following(list, list.init === this.init ? this.last : null)
    if (!parts.length && !wait) throw new Error('nothing to begin with')
    if (parts.length && list.init !== this.init) await this.prepare(list.init)
    for (const part of parts) {
      const data = await (await this.options.get(part.uri)).arrayBuffer()
      await this.append(data)
      if (!this.last) await this.begin(data)
      this.last = part
    }
  }

  /**
   * The first part went in to learn when it begins; it goes in again at zero, and all others keep their distance from it.
   * The mode `sequence`, left after the first part, would do the same, but Chromium 156 crashes then.
   */
  private async begin(first: ArrayBuffer): Promise<void> {
    const buffer = this.buffer
    if (!buffer || this.closed) return
    const at = buffer.buffered.start(0)
    await done(buffer, () => buffer.remove(0, Infinity))
    buffer.timestampOffset += LEAD - at
    await this.append(first)
    this.options.onBegin()
  }

  /** The head of a take, and with it the codecs. */
  private async prepare(init: string): Promise<void> {
    const head = await this.options.get(init)
    const type = head.headers.get('content-type') ?? ''
    if (this.buffer) this.buffer.changeType(type)
    else this.buffer = this.source.addSourceBuffer(type)
    await this.append(await head.arrayBuffer())
    this.init = init
  }

  private async append(data: ArrayBuffer): Promise<void> {
    const buffer = this.buffer
    if (!buffer || this.closed) return
    await done(buffer, () => buffer.appendBuffer(data))
    const end = buffer.buffered.length ? buffer.buffered.end(buffer.buffered.length - 1) : 0
    if (end > 3 * KEPT) await done(buffer, () => buffer.remove(0, end - KEPT))
  }
}

function done(buffer: SourceBuffer, act: () => void): Promise<void> {
  return new Promise((resolve, reject) => {
    buffer.onupdateend = () => resolve()
    buffer.onerror = () => reject(new Error('the browser does not take it'))
    act()
  })
}

/** Whether this browser can follow at all. */
export const canFollow = (): boolean => typeof MediaSource !== 'undefined'
