/** What getStats tells of the line, boiled down. Pure: reports in, figures out. Times in milliseconds. */
export interface Sample {
  at: number
  packets: number
  lost: number
  /** Requests for packets again; what was repaired is not lost. */
  asked: number
  bytes: number
  frames: number
  /** Seconds in which the picture stood still although it should have moved. */
  frozen: number
  /** Sound that had to be made up, and all sound, in samples. */
  concealed: number
  sound: number
  /** Height of the largest picture that comes in; 0 without one. */
  height: number
  rtt: number | null
  /** Media takes TCP or a TURN server, for the relay's UDP port is out of reach. */
  detour: boolean
}
export type LineState = 'ok' | 'weak' | 'down'
export interface Quality {
  kbps: number
  /** 0…1 */
  loss: number
  /** 0…1: of what came, how much had to be asked for again. */
  asked: number
  concealed: number
  fps: number
  frozen: number
  height: number
  rtt: number | null
  detour: boolean
  /** Packets, pictures or sound came in at all. */
  flowing: boolean
  moving: boolean
  audible: boolean
}

type Figures = Record<string, unknown>
const number = (value: unknown): number => (typeof value === 'number' ? value : 0)

export function sample(report: { forEach(each: (stats: Figures) => void): void }, at: number): Sample {
  const sum: Sample = { at, packets: 0, lost: 0, asked: 0, bytes: 0, frames: 0, frozen: 0, concealed: 0, sound: 0, height: 0, rtt: null, detour: false }
  const detours = new Set<unknown>()
  let way: unknown
  report.forEach((stats) => {
    if (stats['type'] === 'inbound-rtp') addInbound(sum, stats)
    if (stats['type'] === 'local-candidate' && (stats['protocol'] === 'tcp' || stats['candidateType'] === 'relay')) detours.add(stats['id'])
    if (stats['type'] === 'candidate-pair' && stats['nominated'] === true && stats['state'] === 'succeeded') way = stats['localCandidateId']
    if (stats['type'] === 'candidate-pair' && stats['state'] === 'succeeded' && typeof stats['currentRoundTripTime'] === 'number') {
      sum.rtt = stats['currentRoundTripTime'] * 1000
    }
  })
  sum.detour = way !== undefined && detours.has(way)
  return sum
}

function addInbound(sum: Sample, stats: Figures): void {
  sum.packets += number(stats['packetsReceived'])
  sum.lost += number(stats['packetsLost'])
  sum.asked += number(stats['nackCount'])
  sum.bytes += number(stats['bytesReceived'])
  sum.frames += number(stats['framesDecoded'])
  sum.frozen += number(stats['totalFreezesDuration'])
  sum.concealed += number(stats['concealedSamples']) - number(stats['silentConcealedSamples'])
  sum.sound += number(stats['totalSamplesReceived'])
  sum.height = Math.max(sum.height, number(stats['frameHeight']))
}

/** What happened between two samples of the same connection. */
export function between(before: Sample, after: Sample): Quality {
  const seconds = Math.max(0.001, (after.at - before.at) / 1000)
  const grown = (field: 'packets' | 'lost' | 'asked' | 'bytes' | 'frames' | 'frozen' | 'concealed' | 'sound') => Math.max(0, after[field] - before[field])
  const share = (part: number, rest: number) => (part + rest > 0 ? part / (part + rest) : 0)
  return {
    kbps: (grown('bytes') * 8) / 1000 / seconds,
    loss: share(grown('lost'), grown('packets')),
    asked: Math.min(1, grown('asked') / Math.max(1, grown('packets'))),
    concealed: share(grown('concealed'), Math.max(0, grown('sound') - grown('concealed'))),
    fps: grown('frames') / seconds,
    frozen: grown('frozen') / seconds,
    height: after.height,
    rtt: after.rtt,
    detour: after.detour,
    flowing: grown('packets') > 0,
    moving: grown('frames') > 0,
    audible: grown('sound') > 0,
  }
}

/** How long sound should wait before it is played, in milliseconds, so that what was lost can be asked for and still come in time. */
export function patience(quality: Quality): number | null {
  if (quality.asked < 0.01 && quality.concealed < 0.01) return null
  return Math.min(400, 80 + 1.5 * (quality.rtt ?? 100))
}

/** Whether a class would notice: 5 % of packets lost, 3 % of the sound made up, or the picture still for a third of the time. */
export function isPoor(quality: Quality): boolean {
  return quality.loss > 0.05 || quality.concealed > 0.03 || quality.frozen > 0.33
}

/** Weak after two poor looks in a row, good again after `CALM` good ones: a line on the edge must not blink. */
export interface Judgement { state: 'ok' | 'weak'; poor: number; good: number }
export const UNJUDGED: Judgement = { state: 'ok', poor: 0, good: 0 }
export const CALM = 4

export function judge(before: Judgement, poor: boolean): Judgement {
  const counted = poor ? { poor: before.poor + 1, good: 0 } : { poor: 0, good: before.good + 1 }
  if (counted.poor >= 2) return { state: 'weak', ...counted }
  if (counted.good >= CALM) return { state: 'ok', ...counted }
  return { state: before.state, ...counted }
}
