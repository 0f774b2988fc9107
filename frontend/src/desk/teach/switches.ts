import { ref, watchEffect, type Ref, type ShallowRef } from 'vue'
import type { Capture } from './capture'
import type { Shared } from './share'

/** What goes out: her own two switches, and the pause, which shuts all and gives back what was open before. */
export function useSwitches(capture: Capture, shared: ShallowRef<Shared | null>, paused: Readonly<Ref<boolean>>, tellMuted: (muted: boolean) => void) {
  const muted = ref(false)
  const cameraOff = ref(false)

  watchEffect(() => {
    const { camera, microphone } = capture.tracks
    const screen = shared.value
    if (camera) camera.enabled = !cameraOff.value && !paused.value
    if (microphone) microphone.enabled = !muted.value && !paused.value
    if (screen) screen.video.enabled = !paused.value
    if (screen?.audio) screen.audio.enabled = !paused.value
  })

  function mute(): void {
    muted.value = !muted.value
    tellMuted(muted.value)
  }
  return { muted, cameraOff, mute }
}
