import { expect, test } from 'vitest'
import { type Fact, NOTHING, learn } from '../live/facts'
import { seats } from './seats'

const you = { key: 'r', person: 'p', name: '云头', role: 'classroom', room: 'r', room_name: null } as const
const living = (...slots: string[]) =>
  learn(NOTHING, { type: 'state', seq: 9, lesson: 'l', stage: 'live', you, at: '', facts: slots.map((slot) => ({ type: 'slot', seq: 1, key: slot, slot, live: true, video: true }) as Fact) })

test('the board is large and the teacher beside it', () => {
  expect(seats(living('teacher', 'board'))).toEqual({ board: 'main', teacher: 'side' })
})
test('without a board the teacher is large', () => {
  expect(seats(living('teacher'))).toEqual({ teacher: 'main' })
})
test('a class on stage takes the next free place and moves nobody', () => {
  expect(seats(living('teacher', 'guest'))).toEqual({ teacher: 'main', guest: 'side' })
  expect(seats(living('teacher', 'board', 'guest'))).toEqual({ board: 'main', teacher: 'side', guest: 'third' })
})
test('a slot without a picture has no seat, and nobody live leaves the seats to the page', () => {
  const voice = { type: 'slot', seq: 10, key: 'teacher', slot: 'teacher', live: true, video: false } as Fact
  expect(seats(learn(living('board'), voice))).toEqual({ board: 'main' })
  expect(seats(NOTHING)).toBeNull()
})
