/** The tree of relays as it is drawn: hubs at the left, a row for each relay below them, its own children as marks on it.
 *  Pure. A relay that lost its parent hangs where it pulls from now, so a detour is seen as a row of its own. */
import type { Leg, Relay } from '../../shared/shapes'

export type Mark = 'ok' | 'weak' | 'down' | 'idle'
export interface Row { hub: Relay; head: Relay | null; children: Relay[] }

const ROWS_OF: ReadonlySet<string> = new Set(['prefecture', 'county'])
const THINNEST = 2
const THICKEST = 16
const THICK_KBPS = 60_000

/** How a relay does: its own life first, then its line to the one above. */
export function markOf(relay: Relay): Mark {
  if (relay.state === 'down') return 'down'
  if (relay.state === 'draining') return 'idle'
  return relay.line?.health ?? 'ok'
}

/** Hubs are relays without a parent here; a hub with nothing below has one row without a head. */
export function rowsOf(relays: readonly Relay[]): Row[] {
  const sorted = [...relays].sort((a, b) => a.name.localeCompare(b.name, 'en', { numeric: true }))
  const names = new Set(sorted.map((relay) => relay.name))
  const below = (parent: Relay): Relay[] => sorted.filter((relay) => relay.parent === parent.name && relay !== parent)
  const allBelow = (parent: Relay, seen: ReadonlySet<string>): Relay[] =>
    below(parent).flatMap((child) => (seen.has(child.name) ? [] : [child, ...allBelow(child, new Set([...seen, child.name]))]))
  return sorted.filter((relay) => relay.parent === null || !names.has(relay.parent)).flatMap((hub): Row[] => {
    const direct = below(hub)
    const heads = direct.filter((relay) => ROWS_OF.has(relay.tier)).map((head) => ({ hub, head, children: allBelow(head, new Set([hub.name, head.name])) }))
    const detoured = direct.filter((relay) => !ROWS_OF.has(relay.tier)).flatMap((child) => [child, ...allBelow(child, new Set([hub.name, child.name]))])
    return detoured.length || !heads.length ? [...heads, { hub, head: null, children: detoured }] : heads
  })
}

/** A line's thickness in units of the drawing: by the root of its traffic, so that a small one is still seen. */
export function thickness(kbps: number): number {
  return THINNEST + (THICKEST - THINNEST) * Math.sqrt(Math.min(1, Math.max(0, kbps) / THICK_KBPS))
}

/** The relays that somebody must look at, the worst first. */
export function troubled(relays: readonly Relay[]): Relay[] {
  const rank: Record<Mark, number> = { down: 0, weak: 1, idle: 2, ok: 3 }
  return relays.filter((relay) => markOf(relay) !== 'ok').sort((a, b) => rank[markOf(a)] - rank[markOf(b)] || a.name.localeCompare(b.name))
}

/** The relays that carry a lesson now: both ends of each of its living legs. Null: no lesson is asked for, so all count. */
export function carrying(legs: readonly Leg[] | null): ReadonlySet<string> | null {
  return legs && new Set(legs.flatMap((leg) => (leg.state === 'live' ? [leg.parent, leg.child] : [])))
}

/** A rate in Mb/s with as many figures as one reads at a glance. */
export function mbps(kbps: number): string {
  return (kbps / 1000).toFixed(kbps < 100_000 ? 1 : 0)
}
