import { askParts, completeUpload, readUpload, type Upload } from './calls'
import { missing } from './parts'

/** So many parts are on their way at once: enough to fill a line, few enough to lose little. */
const AT_ONCE = 3
/** Parts whose addresses are asked for at once. */
const GROUP = 8
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
  const next = ahead(upload, waiting, file)
  const lane = async (): Promise<void> => {
    for (let part = await next(); part; part = await next()) await sendPart(upload, part, file, tell, signal)
  }
  await Promise.all(Array.from({ length: AT_ONCE }, lane))
  return completeUpload(id)
}

interface Addressed { number: number; url: string }

/** Gives the parts one by one; the next group is summed and asked for while the one before is on its way. */
function ahead(upload: Upload, waiting: number[], file: File): () => Promise<Addressed | undefined> {
  const ready: Addressed[] = []
  let filling: Promise<void> | null = null
  const fill = async (): Promise<void> => {
    ready.push(...await addressed(upload, waiting.splice(0, GROUP), file))
    filling = null
  }
  return async () => {
    if (waiting.length && ready.length <= AT_ONCE) filling ??= fill()
    if (!ready.length) await filling
    return ready.shift()
  }
}

async function addressed(upload: Upload, numbers: number[], file: File): Promise<Addressed[]> {
  const parts: { number: number; sha256?: string }[] = []
  for (const number of numbers) {
    const sum = await digest(cut(upload, number, file))
    parts.push(sum ? { number, sha256: sum } : { number })
  }
  return (await again(() => askParts(upload.id, parts))).items
}

const cut = (upload: Upload, number: number, file: File): Blob => file.slice((number - 1) * upload.part_size, number * upload.part_size)

async function sendPart(upload: Upload, part: Addressed, file: File, tell: (number: number, bytes: number) => void, signal: AbortSignal): Promise<void> {
  let url = part.url
  await again(async (tried) => {
    tell(part.number, 0)
    if (tried > 1) url = (await askParts(upload.id, [{ number: part.number }])).items[0]?.url ?? ''
    await put(url, cut(upload, part.number, file), (bytes) => tell(part.number, bytes), signal)
  }, signal)
}

/** What the network refuses is tried again, with growing pauses. */
async function again<T>(act: (tried: number) => Promise<T>, signal?: AbortSignal): Promise<T> {
  for (let tried = 1; ; tried += 1) {
    try {
      return await act(tried)
    } catch (problem) {
      if (signal?.aborted || tried >= TRIES) throw problem
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
