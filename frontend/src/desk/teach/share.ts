import { onBeforeUnmount, ref, shallowRef } from 'vue'

/** What she shows on the board: a screen, a window or a tab, with its own sound when the browser gives it. */
export interface Shared { video: MediaStreamTrack; audio: MediaStreamTrack | null }

// 15 pictures a second: slides need sharpness, and the bits that smoothness would cost.
const WANTED: DisplayMediaStreamOptions = { video: { frameRate: { max: 15 }, width: { max: 1920 }, height: { max: 1080 } }, audio: true }

export function useShare() {
  const shared = shallowRef<Shared | null>(null)
  /** The browser's words when sharing failed; empty when she only changed her mind. */
  const said = ref('')

  function stop(): void {
    shared.value?.video.stop()
    shared.value?.audio?.stop()
    shared.value = null
  }

  /** Asks for a screen; the one shared before stays until the new one is there, so the board is never empty between. */
  async function start(): Promise<void> {
    said.value = ''
    try {
      const stream = await navigator.mediaDevices.getDisplayMedia(WANTED)
      const video = stream.getVideoTracks()[0]
      if (!video) return
      stop()
      video.contentHint = 'detail'
      video.addEventListener('ended', () => { if (shared.value?.video === video) stop() })
      shared.value = { video, audio: stream.getAudioTracks()[0] ?? null }
    } catch (error) {
      if ((error as Error).name !== 'NotAllowedError') said.value = (error as Error).message
    }
  }

  onBeforeUnmount(stop)
  return { shared, said, start, stop, possible: Boolean(navigator.mediaDevices && 'getDisplayMedia' in navigator.mediaDevices) }
}
