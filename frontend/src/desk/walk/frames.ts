/** One picture of a running lesson: a viewer is opened, the first picture is drawn, the viewer is closed. The ticket
 *  that opens it is an observer's, and on record. */
import { Watching } from '../../shared/watching'
import { api } from '../account'
import { senderOf, type Sender } from './sender'

const PATIENCE_MS = 8_000
const LOOK_MS = 150
/** Wide enough for a tile; what is sent meanwhile is the smallest layer, because a viewer begins there. */
const WIDTH = 320

/** Resolves with who sends the picture; null when none came. */
export async function takeFrame(lesson: string, canvas: HTMLCanvasElement): Promise<{ sender: Sender | null } | null> {
  const watching = new Watching(api, lesson, { as: 'observer', rehearsal: false, takeover: false })
  const video = document.createElement('video')
  Object.assign(video, { muted: true, playsInline: true })
  try {
    await watching.follow()
    await watching.watch()
    if (!await arrived(watching, video)) return null
    draw(video, canvas)
    return { sender: senderOf(watching.known.value) }
  } finally {
    video.srcObject = null
    watching.close()
  }
}

/** The teacher's picture, else the board's. */
async function arrived(watching: Watching, video: HTMLVideoElement): Promise<boolean> {
  for (const end = Date.now() + PATIENCE_MS; Date.now() < end;) {
    const stream = pictured(watching.streams.value)
    if (stream && video.srcObject !== stream) {
      video.srcObject = stream
      void video.play().catch(() => undefined)
    }
    if (video.videoWidth && video.readyState >= HTMLMediaElement.HAVE_CURRENT_DATA) return true
    await new Promise((resolve) => setTimeout(resolve, LOOK_MS))
  }
  return false
}

function pictured(streams: Readonly<Record<string, unknown>>): MediaStream | null {
  const found = [streams['teacher'], streams['board']].filter((one): one is MediaStream => one instanceof MediaStream)
  return found.find((stream) => stream.getVideoTracks().some((track) => !track.muted)) ?? null
}

function draw(video: HTMLVideoElement, canvas: HTMLCanvasElement): void {
  canvas.width = WIDTH
  canvas.height = Math.round((WIDTH * video.videoHeight) / video.videoWidth)
  canvas.getContext('2d')?.drawImage(video, 0, 0, canvas.width, canvas.height)
}
