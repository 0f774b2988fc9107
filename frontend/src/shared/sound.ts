import { type Ref, ref } from 'vue'

/** Whether this page may sound: `asking` until the browser has shown what it allows, `locked` until the one tap it wants. */
export type Sound = 'asking' | 'on' | 'locked' | 'off'
export const sound: Ref<Sound> = ref('asking')
export const tried: Ref<boolean> = ref(false)

/** Plays a stream; with sound when the browser lets it, else without, and then the page asks for one tap. */
export async function playAloud(video: HTMLVideoElement, mute: boolean): Promise<void> {
  const silent = mute || sound.value === 'off' || sound.value === 'locked'
  video.muted = silent
  try {
    await video.play()
    if (!silent && sound.value === 'asking' && hasSound(video)) sound.value = 'on'
  } catch (error) {
    if (!(error instanceof DOMException) || error.name !== 'NotAllowedError') return
    sound.value = 'locked'
    video.muted = true
    await video.play().catch(() => undefined)
  }
}

const hasSound = (video: HTMLVideoElement) =>
  video.srcObject ? (video.srcObject as MediaStream).getAudioTracks().some((track) => !track.muted) : video.hasAttribute('src')

/** The tap: from here on everything on this page may sound. */
export function unlock(): void {
  sound.value = 'on'
}

export function toggle(): void {
  sound.value = sound.value === 'off' || sound.value === 'locked' ? 'on' : 'off'
}

/** One soft tone of 0.6 s, so that someone hears whether the speakers work; a tap on it unlocks the sound as well. */
export function tone(): void {
  tried.value = true
  if (sound.value === 'locked') sound.value = 'on'
  const context = new AudioContext()
  const [source, gain] = [context.createOscillator(), context.createGain()]
  source.frequency.value = 440
  gain.gain.setValueAtTime(0.0001, context.currentTime)
  gain.gain.exponentialRampToValueAtTime(0.25, context.currentTime + 0.05)
  gain.gain.exponentialRampToValueAtTime(0.0001, context.currentTime + 0.6)
  source.connect(gain).connect(context.destination)
  source.start()
  source.stop(context.currentTime + 0.7)
  source.addEventListener('ended', () => void context.close())
}
