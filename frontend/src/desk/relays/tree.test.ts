import { describe, expect, it } from 'vitest'
import type { Leg, Relay } from '../../shared/shapes'
import { carrying, markOf, mbps, rowsOf, thickness, troubled } from './tree'

const relay = (name: string, tier: Relay['tier'], parent: string | null, more: Partial<Relay> = {}): Relay => ({
  name, tier, parent, place: null, address: `http://${name}`, state: 'up', seen_at: '2026-11-24T02:00:00Z', capacity: 200, sessions: 0, load: 0, lessons: 0, kbps_in: 0, kbps_out: 0, line: null, ...more,
})
const line = (health: Leg['health']): Relay['line'] => ({ health, legs: 1, kbps: 900, loss: 0, delay_ms: 20 })
const root = relay('qxn', 'prefecture', null)
const qinglong = relay('qinglong', 'county', 'qxn', { line: line('weak') })
const [first, tenth] = [relay('changping-2', 'township', 'qinglong'), relay('changping-10', 'township', 'qinglong')]

describe('the tree of relays', () => {
  it('has a row for each county and its townships on it, in the order of their numbers', () => {
    const [row, ...rest] = rowsOf([tenth, first, qinglong, root])
    expect([row?.hub.name, row?.head?.name, row?.children.map((each) => each.name)]).toEqual(['qxn', 'qinglong', ['changping-2', 'changping-10']])
    expect(rest).toEqual([])
  })

  it('shows townships that pull past their county on a row of their own', () => {
    const rows = rowsOf([root, qinglong, { ...first, parent: 'qxn' }, tenth])
    expect(rows.map((row) => [row.head?.name ?? null, row.children.map((each) => each.name)])).toEqual([['qinglong', ['changping-10']], [null, ['changping-2']]])
  })

  it('draws a relay alone, one whose parent nobody knows, and a circle only once', () => {
    expect(rowsOf([root])).toEqual([{ hub: root, head: null, children: [] }])
    expect(rowsOf([relay('lost', 'township', 'http://gone')]).map((row) => row.hub.name)).toEqual(['lost'])
    const circle = rowsOf([root, qinglong, { ...first, parent: 'qinglong' }, relay('a', 'school', 'changping-2')])
    expect(circle.flatMap((row) => row.children.map((each) => each.name))).toEqual(['changping-2', 'a'])
    expect(rowsOf([])).toEqual([])
  })

  it('puts its own life before its line', () => {
    expect(markOf(qinglong)).toBe('weak')
    expect(markOf({ ...qinglong, state: 'down' })).toBe('down')
    expect(markOf({ ...qinglong, state: 'draining' })).toBe('idle')
    expect(markOf(root)).toBe('ok')
    expect(troubled([root, qinglong, { ...first, state: 'down' }]).map((each) => each.name)).toEqual(['changping-2', 'qinglong'])
  })

  it('draws more traffic thicker, within bounds', () => {
    expect(thickness(0)).toBe(2)
    expect(thickness(15_000)).toBe(9)
    expect(thickness(1e9)).toBe(16)
    expect([mbps(900), mbps(99_940), mbps(4_000_000)]).toEqual(['0.9', '99.9', '4000'])
  })

  it('knows which relays carry a lesson now', () => {
    const leg = { parent: 'qxn', child: 'qinglong', state: 'live' } as Leg
    expect(carrying([leg, { ...leg, child: 'puan', state: 'over' }])).toEqual(new Set(['qxn', 'qinglong']))
    expect(carrying(null)).toBeNull()
  })
})
