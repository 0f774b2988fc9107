import { factOf, type Known } from '../../live/facts'

/** Whose picture a tile shows: a recording host signs in for its room, a teacher for herself. */
export type Sender = { by: 'host' | 'person' | 'demo'; name: string }

/** Null until the relay has told it. */
export function senderOf(known: Known): Sender | null {
  const shown = [factOf(known, 'slot', 'teacher'), factOf(known, 'slot', 'board')].find((slot) => slot?.live && slot.video)
  if (!shown) return null
  if (shown.room) return { by: 'host', name: shown.room_name ?? '' }
  return { by: shown.human ? 'person' : 'demo', name: shown.name ?? '' }
}
