/** A picture and a sound that are made here, so that a test needs no camera and shows nobody. */
const WIDTH = 640
const HEIGHT = 360
const FPS = 25
const BARS = 16

export interface Made { video: MediaStreamTrack; audio: MediaStreamTrack; stop: () => void }

export function make(): Made {
  const canvas = document.createElement('canvas')
  canvas.width = WIDTH
  canvas.height = HEIGHT
  let frame = 0
  draw(canvas, frame)
  const video = canvas.captureStream(FPS).getVideoTracks()[0] as MediaStreamTrack
  const context = new AudioContext()
  const { track } = hum(context)
  const drawing = setInterval(() => draw(canvas, frame++), 1000 / FPS)
  const stop = (): void => {
    clearInterval(drawing)
    video.stop()
    track.stop()
    void context.close()
  }
  return { video, audio: track, stop }
}

/** Bars that move and change, so that the encoder has something to send. */
function draw(canvas: HTMLCanvasElement, frame: number): void {
  const paint = canvas.getContext('2d')
  if (!paint) return
  for (let bar = 0; bar < BARS; bar++) {
    const light = 50 + 35 * Math.sin(frame / 9 + bar * 1.7)
    paint.fillStyle = `hsl(${215 + 25 * Math.sin(frame / 31 + bar)}, 45%, ${light}%)`
    paint.fillRect((bar * WIDTH) / BARS, 0, WIDTH / BARS, HEIGHT)
  }
}

/** A quiet tone that never pauses: a pause would send nothing. */
function hum(context: AudioContext): { track: MediaStreamTrack } {
  const [source, gain, out] = [context.createOscillator(), context.createGain(), context.createMediaStreamDestination()]
  source.frequency.value = 330
  gain.gain.value = 0.1
  source.connect(gain).connect(out)
  source.start()
  return { track: out.stream.getAudioTracks()[0] as MediaStreamTrack }
}
