import { describe, expect, it } from 'vitest'
import { uplinkSince } from './uplink'

const report = (bytes: number, lost = 0, more = {}) => [
  { type: 'outbound-rtp', bytesSent: bytes, ...more },
  { type: 'remote-inbound-rtp', fractionLost: lost, roundTripTime: 0.04 },
]

describe('the way up', () => {
  it('needs two looks before it has a rate', () => {
    const first = uplinkSince(null, report(0), 1000)
    expect(first.uplink).toBeNull()
    expect(uplinkSince(first.counted, report(250_000), 2000).uplink).toEqual({ mbps: 2, loss: 0, delayMs: 40, weak: false })
  })

  it('is weak when more than one packet in twenty is lost', () => {
    const { counted } = uplinkSince(null, report(0), 1000)
    expect(uplinkSince(counted, report(250_000, 0.06), 2000).uplink?.weak).toBe(true)
  })

  it('is not weak only because the encoder could send more', () => {
    const { counted } = uplinkSince(null, report(0), 1000)
    const limited = { qualityLimitationReason: 'bandwidth' }
    expect(uplinkSince(counted, report(250_000, 0, limited), 2000).uplink?.weak).toBe(false)
    expect(uplinkSince(counted, report(10_000, 0, limited), 2000).uplink?.weak).toBe(true)
  })

  it('is not weak because larger layers rest while nobody takes them', () => {
    const { counted } = uplinkSince(null, report(0), 1000)
    const held = (rid: string) => ({ qualityLimitationReason: 'bandwidth', rid })
    expect(uplinkSince(counted, report(25_000, 0, held('f')), 2000).uplink?.weak).toBe(false)
    expect(uplinkSince(counted, report(25_000, 0, held('q')), 2000).uplink?.weak).toBe(true)
  })

  it('begins anew after a reconnection', () => {
    const { counted } = uplinkSince(null, report(900_000), 1000)
    expect(uplinkSince(counted, report(10), 2000).uplink).toBeNull()
  })
})
