import { onBeforeUnmount, ref, watch, type Ref } from 'vue'

const LOOK_MS = 80
const FLOOR_DB = -60
/** This long without any sound from an open microphone, and she is told. */
const SILENT_MS = 6_000

/** 0…10 from a block of samples (−1…1): ten bars over 60 dB, so that speech stands at about seven. Pure. */
export function barsOf(samples: Float32Array): number {
  const power = samples.reduce((sum, value) => sum + value * value, 0) / Math.max(1, samples.length)
  const decibel = 10 * Math.log10(power || 1e-12)
  return Math.max(0, Math.min(10, Math.round((10 * (decibel - FLOOR_DB)) / -FLOOR_DB)))
}

/** The loudness of `track` while the component stands. */
export function useLevel(track: () => MediaStreamTrack | null): { bars: Ref<number>; silent: Ref<boolean>; wake: () => void } {
  const bars = ref(0)
  const silent = ref(false)
  let context: AudioContext | null = null
  let timer: ReturnType<typeof setInterval> | undefined

  function stop(): void {
    clearInterval(timer)
    void context?.close()
    context = null
    bars.value = 0
    silent.value = false
  }

  function listen(to: MediaStreamTrack): void {
    context = new AudioContext()
    const analyser = context.createAnalyser()
    analyser.fftSize = 2048
    context.createMediaStreamSource(new MediaStream([to])).connect(analyser)
    const samples = new Float32Array(analyser.fftSize)
    let heardAt = Date.now()
    timer = setInterval(() => {
      analyser.getFloatTimeDomainData(samples)
      bars.value = barsOf(samples)
      if (bars.value > 0 || !to.enabled || context?.state !== 'running') heardAt = Date.now()
      silent.value = Date.now() - heardAt > SILENT_MS
    }, LOOK_MS)
  }

  watch(track, (next) => {
    stop()
    if (next) listen(next)
  }, { immediate: true })
  onBeforeUnmount(stop)
  return { bars, silent, wake: () => void context?.resume() }
}
