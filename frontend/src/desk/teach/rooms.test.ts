import { describe, expect, it } from 'vitest'
import { learn, NOTHING, type Fact, type Known, type LineFact } from '../../live/facts'
import type { ReceivingRoom } from '../../shared/shapes'
import { online, RoomMemory, roomTiles } from './rooms'

const rooms: ReceivingRoom[] = ['a', 'b'].map((id) => ({ id, name: id, kind: 'listening', school: { id, name: id, name_en: id, county: null, county_en: null } }))

function line(change: Partial<LineFact>): LineFact {
  return {
    type: 'line', seq: 1, key: 's1', direction: 'receive', person: 'p', name: 'p', role: 'classroom', room: 'a', room_name: 'a', connected: true,
    loss: 0.02, delay_ms: 40, layer: '720p', kbps: 900, state: 'ok', codec: 'supported', relay: 'relay-1', ...change,
  }
}

function knowing(...facts: Fact[]): Known {
  return facts.reduce((known, fact, at) => learn(known, { ...fact, seq: at + 1 }), NOTHING)
}

describe('the tiles of the receiving rooms', () => {
  it('keep the order of the lesson whatever their state', () => {
    const tiles = roomTiles(rooms, knowing(line({ room: 'b' })), new RoomMemory(), 0)
    expect(tiles.map((tile) => [tile.id, tile.state])).toEqual([['a', 'absent'], ['b', 'ok']])
    expect(online(tiles)).toBe(1)
  })

  it('show the better of two lines of one room', () => {
    const facts = knowing(line({ key: 's1', state: 'weak' }), line({ key: 's2', state: 'ok', layer: '360p' }))
    expect(roomTiles(rooms, facts, new RoomMemory(), 0)[0]?.line?.layer).toBe('360p')
  })

  it('tell a lost room from one that never came, and since when', () => {
    const memory = new RoomMemory()
    roomTiles(rooms, knowing(line({})), memory, 1000)
    const [a, b] = roomTiles(rooms, NOTHING, memory, 5000)
    expect([a?.state, a?.lostAt, b?.state, b?.lostAt]).toEqual(['down', 5000, 'absent', null])
    expect(roomTiles(rooms, NOTHING, memory, 9000)[0]?.lostAt).toBe(5000)
  })

  it('say that a room has its page open before its line is up', () => {
    const here: Fact = { type: 'presence', seq: 1, key: 'a', name: 'a', role: 'classroom', room: 'a', room_name: 'a', online: true, since: '' }
    expect(roomTiles(rooms, knowing(here), new RoomMemory(), 0)[0]?.state).toBe('arrived')
  })

  it('do not count what a room sends as what it receives', () => {
    expect(roomTiles(rooms, knowing(line({ direction: 'send' })), new RoomMemory(), 0)[0]?.state).toBe('absent')
  })
})
