/** The edge of a line's test: microphone, the lesson's own way there and back, and what the web carries each way. */
import { type Quality, sample } from '../../live/stats'
import type { State } from '../../live/states'
import { play } from '../../live/whep'
import { publish } from '../../live/whip'
import { type Api, Problem } from '../api'
import type { components } from '../api-types'
import { cameraFault, isCameraWithheld } from '../camera'
import { type Ear, type End, type Figures, NO_END, type Rate } from './judging'
import { make } from './made'

export type Begun = components['schemas']['LineTestBegun']
const LISTENS_MS = 3_000
/** Louder than this (of 1) is some sound: a plugged-in microphone is never still, a muted one is exactly so. */
const SOME_SOUND = 0.0005
/** As it comes: what makes speech clearer may make a quiet room silent. */
const UNTOUCHED = { echoCancellation: false, noiseSuppression: false, autoGainControl: false }
const LOOKS = 4
const WAY_MS = 14_000
const RATE_MS = 3_000
const LEAST_BYTES = 16 * 1024
const MOST_BYTES = 1024 * 1024
const NOISE = '/api/line-tests/noise'

/** For the browser's question about the microphone, and for one body on its way. */
const ASKED_MS = 20_000
const BODY_MS = 10_000

const pause = (milliseconds: number): Promise<void> => new Promise((done) => { setTimeout(done, milliseconds) })
const stop = (stream: MediaStream): void => { stream.getTracks().forEach((track) => { track.stop() }) }

/** Null where the browser would not let the page hear. */
export async function listen(): Promise<Ear | null> {
  if (isCameraWithheld()) return 'denied'
  const asked = navigator.mediaDevices.getUserMedia({ audio: UNTOUCHED })
  try {
    const stream = await Promise.race([asked, pause(ASKED_MS).then(() => null)])
    if (!stream) {
      void asked.then(stop, () => undefined) // allowed too late
      return 'denied'
    }
    return await hearing(stream).finally(() => { stop(stream) })
  } catch (error) {
    return cameraFault(error) === 'camera.missing' ? 'missing' : 'denied'
  }
}

/** Ends at the first sound. */
async function hearing(stream: MediaStream): Promise<Ear | null> {
  const context = new AudioContext()
  try {
    void context.resume()
    const analyser = context.createAnalyser()
    context.createMediaStreamSource(stream).connect(analyser)
    const samples = new Float32Array(analyser.fftSize)
    for (const until = Date.now() + LISTENS_MS; Date.now() < until; await pause(30)) {
      analyser.getFloatTimeDomainData(samples)
      if (samples.some((one) => Math.abs(one) > SOME_SOUND)) return 'heard'
    }
    return context.state === 'running' ? 'silent' : null
  } finally {
    void context.close()
  }
}

/** Sends a made picture to the relay and watches it come back. `show` gets what comes back; `gone` breaks it off. */
export async function tryWay(begun: Begun, show: (stream: MediaStream) => void, gone: () => boolean): Promise<Figures['way']> {
  const made = make()
  const found = { up: { ...NO_END }, down: { ...NO_END }, qualities: [] as Quality[], lossUp: 0, port: null as number | null, address: hostOf(begun.whip_urls[0]) }
  const known = { ticket: () => begun.ticket, iceServers: begun.ice_servers.map(({ urls, username, credential }) => (username && credential ? { urls, username, credential } : { urls })) }
  const up = publish({
    ...known, url: begun.whip_urls[0] ?? '', urls: begun.whip_urls, audio: made.audio, video: made.video,
    onState: (state) => { heed(found.up, state) },
    onReport: (report, now) => {
      // a report comes of a session that a relay has taken
      Object.assign(found.up, { answered: true, detour: sample(report, now).detour })
      Object.assign(found, fromReport(report, found))
    },
  })
  const down = play({
    ...known, url: begun.whep_urls[0] ?? '', urls: begun.whep_urls, lines: ['teacher'],
    onState: (state) => { heed(found.down, state) },
    onStreams: (streams) => { if (streams['teacher']) show(streams['teacher']) },
    onLine: ({ quality }) => {
      Object.assign(found.down, { answered: true, detour: quality.detour })
      if (quality.flowing && quality.moving) found.qualities.push(quality)
    },
  })
  for (const until = Date.now() + WAY_MS; found.qualities.length < LOOKS && Date.now() < until && !gone();) await pause(100)
  for (const one of [up, down]) one.close()
  made.stop()
  found.qualities.splice(0, found.qualities.length - (LOOKS - 1)) // the first look saw the beginning
  return found
}

function heed(end: End, state: State): void {
  if (state.name === 'playing') end.answered = end.connected = true
}

type Told = Pick<Figures['way'], 'lossUp' | 'port' | 'address'>

/** Where its media are, until a report tells the address itself. */
const hostOf = (url: string | undefined): string | null => (url ? new URL(url, location.href).hostname : null)

/** What the relay says of its receiving, and where it receives. */
function fromReport(report: RTCStatsReport, before: Told): Told {
  let { lossUp, port, address } = before
  report.forEach((stats: Record<string, unknown>) => {
    const share = stats['type'] === 'remote-inbound-rtp' ? stats['fractionLost'] : undefined
    if (typeof share === 'number') lossUp = 0.7 * lossUp + 0.3 * share
    if (stats['type'] === 'remote-candidate' && stats['protocol'] === 'udp' && typeof stats['port'] === 'number') {
      port = stats['port']
      address = typeof stats['address'] === 'string' && stats['address'] ? stats['address'] : address
    }
  })
  return { lossUp, port, address }
}

/** kbit/s from the server to here; `gone` breaks it off. */
export async function rateDown(api: Api, gone: () => boolean): Promise<Rate> {
  const reader = await api.open(NOISE, {}, BODY_MS).then((answer) => answer.body?.getReader() ?? null, refused)
  if (!reader) return reader
  const begun = performance.now()
  let bytes = 0
  const timer = setTimeout(() => { void reader.cancel() }, RATE_MS)
  try {
    for (let read = await reader.read(); !read.done && !gone(); read = await reader.read()) bytes += read.value.byteLength
  } catch {
    // what came until then is the answer
  }
  clearTimeout(timer)
  void reader.cancel().catch(() => undefined)
  return bytes ? (bytes * 8) / Math.max(1, performance.now() - begun) : null
}

/** kbit/s from here to the server, by bodies that double: the last ones weigh most. */
export async function rateUp(api: Api, gone: () => boolean): Promise<Rate> {
  const block = crypto.getRandomValues(new Uint8Array(LEAST_BYTES))
  let best: number | null = null
  const until = performance.now() + RATE_MS
  for (let bytes = LEAST_BYTES; bytes <= MOST_BYTES && performance.now() < until && !gone(); bytes *= 2) {
    const begun = performance.now()
    const body = new Blob(Array.from({ length: bytes / LEAST_BYTES }, () => block))
    const sent = await api.post(NOISE, body, BODY_MS).then((): true => true, refused)
    if (!sent) return best ?? sent
    best = Math.max(best ?? 0, (bytes * 8) / Math.max(1, performance.now() - begun))
  }
  return best
}

/** An answer that refuses says nothing of the line; no answer says that nothing came through. */
const refused = (error: unknown): null | undefined => (error instanceof Problem && error.status > 0 ? undefined : null)
