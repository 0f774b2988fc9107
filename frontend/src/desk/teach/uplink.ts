/** What the browser tells of the way up, boiled down. Pure: reports in, figures out. */
export interface Counted { at: number; bytes: number }
export interface Uplink { mbps: number; loss: number; delayMs: number | null; weak: boolean }
type Report = { forEach(each: (stats: Record<string, unknown>) => void): void }

const number = (value: unknown): number => (typeof value === 'number' ? value : 0)
const WEAK_LOSS = 0.05

interface Looked extends Counted { loss: number; delayMs: number | null; limited: boolean }

function look(report: Report, at: number): Looked {
  const seen: Looked = { at, bytes: 0, loss: 0, delayMs: null, limited: false }
  report.forEach((stats) => {
    if (stats['type'] === 'outbound-rtp') {
      seen.bytes += number(stats['bytesSent'])
      // The larger layers rest when no room takes them; only the smallest tells of the line.
      const smallest = (stats['rid'] ?? 'q') === 'q'
      seen.limited = seen.limited || (smallest && stats['qualityLimitationReason'] === 'bandwidth')
    }
    if (stats['type'] !== 'remote-inbound-rtp') return
    seen.loss = Math.max(seen.loss, number(stats['fractionLost']))
    if (typeof stats['roundTripTime'] === 'number') seen.delayMs = Math.max(seen.delayMs ?? 0, stats['roundTripTime'] * 1000)
  })
  return seen
}

/** Figures since the look before. The encoder counts as held back by the line only while it sends next to nothing. */
export function uplinkSince(before: Counted | null, report: Report, at: number): { counted: Counted; uplink: Uplink | null } {
  const now = look(report, at)
  if (!before || at <= before.at || now.bytes < before.bytes) return { counted: now, uplink: null }
  const mbps = ((now.bytes - before.bytes) * 8) / 1000 / (at - before.at)
  const weak = now.loss > WEAK_LOSS || (now.limited && mbps < 0.3)
  return { counted: now, uplink: { mbps, loss: now.loss, delayMs: now.delayMs, weak } }
}
