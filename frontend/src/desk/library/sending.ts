import { askParts, completeUpload, readUpload, type Upload } from './calls'
import { missing } from './parts'

/** So many parts are on their way at once: enough to fill a line, few enough to lose little. */
const AT_ONCE = 3
const TRIES = 5
const PAUSE_MS = 1000

/** Sends what has not arrived yet, straight to the store, and completes. `told` hears how many bytes are there. */
export async function send(id: string, file: File, told: (bytes: number) => void, signal: AbortSignal): Promise<Upload> {
  const upload = await readUpload(id)
  const waiting = missing(upload)
  const sent = new Map<number, number>(upload.received.map((part) => [part.number, part.size]))
  const tell = (number: number, bytes: number): void => {
    sent.set(number, bytes)
    told([...sent.values()].reduce((sum, each) => sum + each, 0))
  }
  tell(0, 0)
  const lane = async (): Promise<void> => {
    for (let number = waiting.shift(); number !== undefined; number = waiting.shift()) {
      await sendPart(upload, number, file, tell, signal)
    }
  }
  await Promise.all(Array.from({ length: AT_ONCE }, lane))
  return completeUpload(id)
}

async function sendPart(upload: Upload, number: number, file: File, tell: (number: number, bytes: number) => void, signal: AbortSignal): Promise<void> {
  const part = file.slice((number - 1) * upload.part_size, number * upload.part_size)
  for (let tried = 1; ; tried += 1) {
    try {
      const sum = await digest(part)
      const { items } = await askParts(upload.id, [sum ? { number, sha256: sum } : { number }])
      return await put(items[0]?.url ?? '', part, (bytes) => tell(number, bytes), signal)
    } catch (problem) {
      tell(number, 0)
      if (signal.aborted || tried >= TRIES) throw problem
      await new Promise((resume) => setTimeout(resume, PAUSE_MS * tried))
    }
  }
}

/** Browsers give no digest to a page that came over plain http from another machine; the store's own check remains. */
async function digest(part: Blob): Promise<string | null> {
  if (!globalThis.crypto?.subtle) return null
  const sum = await crypto.subtle.digest('SHA-256', await part.arrayBuffer())
  return [...new Uint8Array(sum)].map((byte) => byte.toString(16).padStart(2, '0')).join('')
}

/** XMLHttpRequest, because fetch does not tell how much has been sent. */
function put(url: string, part: Blob, told: (bytes: number) => void, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest()
    const fail = (): void => reject(new Error(`store ${request.status}`))
    request.open('PUT', url)
    request.upload.onprogress = (event) => told(event.loaded)
    request.onload = () => { if (request.status < 300) { told(part.size); resolve() } else fail() }
    request.onerror = fail
    request.onabort = fail
    signal.addEventListener('abort', () => request.abort(), { once: true })
    request.send(part)
  })
}
