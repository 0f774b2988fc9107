import { onBeforeUnmount, ref, shallowReactive, shallowRef } from 'vue'
import { cameraFault, isCameraWithheld, type CameraFault } from '../../shared/camera'
import { listChoices, openBoth, openTrack, remember, remembered, type Choice, type Kind } from './devices'

/** What happened to a device by itself, for the page to say. `now` is null when there is no other. */
export interface Change { kind: Kind; old: string; now: string | null }
const KINDS: readonly Kind[] = ['camera', 'microphone']

/** Her camera and microphone: opened once, swapped by choice, replaced when one is pulled out. */
export class Capture {
  readonly tracks = shallowReactive<Record<Kind, MediaStreamTrack | null>>({ camera: null, microphone: null })
  readonly choices = shallowRef<Record<Kind, Choice[]>>({ camera: [], microphone: [] })
  readonly fault = ref<CameraFault | null>(null)
  readonly change = shallowRef<Change | null>(null)
  readonly opening = ref(false)
  private over = false

  open = async (): Promise<void> => {
    if (isCameraWithheld()) {
      this.fault.value = 'camera.insecure.why'
      return
    }
    this.opening.value = true
    await this.openWhatThereIs()
    this.opening.value = false
    await this.refresh()
  }

  async choose(kind: Kind, id: string): Promise<void> {
    try {
      this.keep(kind, await openTrack(kind, id, true))
      remember(kind, id)
      this.fault.value = null
    } catch (error) {
      this.fault.value = cameraFault(error)
    }
  }

  /** A device that is plugged in later fills an empty place by itself; one that works is never taken away from her. */
  plugged = async (): Promise<void> => {
    await this.refresh()
    if (this.fault.value === 'camera.denied' || this.opening.value) return
    for (const kind of KINDS) {
      if (!this.tracks[kind] && this.choices.value[kind].length) await this.openOne(kind)
    }
    if (this.tracks.camera || this.tracks.microphone) this.fault.value = null
  }

  end(): void {
    this.over = true
    for (const kind of KINDS) this.tracks[kind]?.stop()
  }

  private keep(kind: Kind, track: MediaStreamTrack): void {
    this.tracks[kind]?.stop()
    if (this.over) return track.stop()
    this.tracks[kind] = track
    track.addEventListener('ended', () => { if (this.tracks[kind] === track) void this.replaceLost(kind, track) })
  }

  private async refresh(): Promise<void> {
    this.choices.value = await listChoices().catch(() => ({ camera: [], microphone: [] }))
  }

  private async openOne(kind: Kind): Promise<CameraFault | null> {
    try {
      this.keep(kind, await openTrack(kind, remembered()[kind]))
      return null
    } catch (error) {
      return cameraFault(error)
    }
  }

  private async openWhatThereIs(): Promise<void> {
    try {
      const kept = remembered()
      const both = await openBoth(kept.camera, kept.microphone)
      for (const kind of KINDS) if (both[kind]) this.keep(kind, both[kind])
      this.fault.value = null
    } catch (error) {
      this.fault.value = cameraFault(error)
      if (this.fault.value === 'camera.denied') return
      const [camera, microphone] = [await this.openOne('camera'), await this.openOne('microphone')]
      this.fault.value = camera && microphone ? microphone : null
    }
  }

  private labelOf(kind: Kind): string | null {
    return this.tracks[kind]?.label ?? null
  }

  private async replaceLost(kind: Kind, lost: MediaStreamTrack): Promise<void> {
    this.tracks[kind] = null
    await this.openOne(kind)
    this.change.value = { kind, old: lost.label, now: this.labelOf(kind) }
    await this.refresh()
  }
}

export function useCapture(): Capture {
  const capture = new Capture()
  const media = isCameraWithheld() ? null : navigator.mediaDevices
  media?.addEventListener('devicechange', capture.plugged)
  onBeforeUnmount(() => {
    media?.removeEventListener('devicechange', capture.plugged)
    capture.end()
  })
  return capture
}
