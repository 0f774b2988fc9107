/** What the receiving rooms' tiles say, from the lesson's facts. Pure: facts and `now` in, tiles out.
 *
 *  A room keeps the place that the lesson's list gives it, whatever happens to its line. */
import { factOf, factsOf, type Known, type LineFact } from '../../live/facts'
import type { ReceivingRoom } from '../../shared/shapes'

export type RoomState = 'ok' | 'weak' | 'down' | 'arrived' | 'absent'
export const ROOM_MARK = { ok: 'ok', weak: 'weak', down: 'down', arrived: 'idle', absent: 'idle' } as const

export interface RoomTile extends ReceivingRoom {
  state: RoomState
  line: LineFact | null
  /** When a room that was connected was lost (epoch ms). */
  lostAt: number | null
}

const RANK = { ok: 0, weak: 1, down: 2 } as const

// A room may have its page open twice; the better line is the one that the class watches.
function bestLine(lines: LineFact[], room: string): LineFact | null {
  const mine = lines.filter((line) => line.room === room && line.direction === 'receive' && line.connected)
  return mine.sort((a, b) => RANK[a.state] - RANK[b.state])[0] ?? null
}

function stateOf(line: LineFact | null, online: boolean, wasHere: boolean): RoomState {
  if (line) return line.state
  if (wasHere) return 'down'
  return online ? 'arrived' : 'absent'
}

/** Remembers since when each room that once was connected has had no line. */
export class RoomMemory {
  private readonly lost = new Map<string, number | null>()

  note(room: string, connected: boolean, now: number): number | null {
    if (connected) this.lost.set(room, null)
    else if (this.lost.get(room) === null) this.lost.set(room, now)
    return this.lost.get(room) ?? null
  }

  knows(room: string): boolean {
    return this.lost.has(room)
  }
}

export function roomTiles(rooms: ReceivingRoom[], known: Known, memory: RoomMemory, now: number): RoomTile[] {
  const lines = factsOf(known, 'line')
  return rooms.map((room) => {
    const line = bestLine(lines, room.id)
    const lostAt = memory.note(room.id, line !== null, now)
    const online = factOf(known, 'presence', room.id)?.online ?? false
    return { ...room, line, lostAt, state: stateOf(line, online, memory.knows(room.id)) }
  })
}

export function online(tiles: RoomTile[]): number {
  return tiles.filter((tile) => tile.state === 'ok' || tile.state === 'weak').length
}
