import { type Known, factOf } from '../live/facts'

/** Where each slot is on the screen; a slot without a seat is heard only. The places never move while the same slots live. */
export type Seat = 'main' | 'side' | 'third'
export type Seats = Partial<Record<string, Seat>>

/** Board left and teacher right; without a board the teacher is large. The class on stage takes the next free place. */
export function seats(known: Known): Seats | null {
  const shows = (slot: string) => {
    const fact = factOf(known, 'slot', slot)
    return fact !== null && fact.live && fact.video
  }
  const order = ['board', 'teacher', 'guest'].filter(shows)
  const places: Seat[] = ['main', 'side', 'third']
  return order.length ? Object.fromEntries(order.map((slot, index) => [slot, places[index]])) : null
}
