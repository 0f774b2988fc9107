import { expect, test } from 'vitest'
import { type Fact, type FromServer, NOTHING, afterClose, factOf, factsOf, learn, liveSlots } from './facts'

const slot = (seq: number, name: string, live: boolean) =>
  ({ type: 'slot', seq, key: name, slot: name, live, person: null, name: null, human: true, room: null, room_name: null, audio: live, video: live, since: null, relay: 'relay-1' }) as Fact
const paused = (seq: number, on: boolean) => ({ type: 'paused', seq, key: '', paused: on, by: '陈静怡', since: '2026-11-24T02:48:00Z' }) as Fact
const you = { key: 'r1', person: 'p1', name: '云头', role: 'classroom', room: 'r1', room_name: '三年级' } as const
const whole = (seq: number, ...facts: Fact[]): FromServer => ({ type: 'state', seq, lesson: 'l1', stage: 'live', you, at: '2026-11-24T02:48:00Z', facts })

test('the whole state replaces all that was known', () => {
  const known = [whole(5, slot(3, 'board', true)), whole(9, slot(8, 'teacher', true))].reduce(learn, NOTHING)
  expect([known.seq, liveSlots(known), known.you?.room]).toEqual([9, ['teacher'], 'r1'])
})

test('a newer fact replaces, an older one is left', () => {
  const known = [whole(5, slot(3, 'board', true)), slot(6, 'board', false), slot(4, 'board', true)].reduce(learn, NOTHING)
  expect([known.seq, factOf(known, 'slot', 'board')?.live]).toEqual([6, false])
})

test('a gone fact is gone', () => {
  const known = [whole(5, paused(4, true)), { type: 'gone', seq: 7, key: '', fact: 'paused' } as FromServer].reduce(learn, NOTHING)
  expect(factOf(known, 'paused')).toBeNull()
})

test('a ping lifts the number, and one that says nothing new changes nothing', () => {
  const known = learn(learn(NOTHING, whole(5)), { type: 'ping', seq: 8, at: '' })
  expect(known.seq).toBe(8)
  expect(learn(known, { type: 'ping', seq: 8, at: '' })).toBe(known)
})

test('types of later versions are left alone', () => {
  const known = learn(NOTHING, whole(5, { type: 'poll', seq: 4, key: '' } as unknown as Fact))
  expect(known.facts.size).toBe(0)
  expect(learn(known, { type: 'poll', seq: 9, key: '' } as unknown as FromServer)).toBe(known)
})

test('a list of facts keeps its order', () => {
  const known = [whole(1), slot(2, 'teacher', true), slot(3, 'board', true), slot(4, 'teacher', true)].reduce(learn, NOTHING)
  expect(factsOf(known, 'slot').map((fact) => fact.key)).toEqual(['board', 'teacher'])
})

test('each close code has its way on', () => {
  expect([1006, 1012, 4408, 4490].map(afterClose)).toEqual(['resume', 'resume', 'resume', 'resume'])
  expect([4401, 4402].map(afterClose)).toEqual(['renew', 'renew'])
  expect([4403, 4404, 4406, 4412].map(afterClose)).toEqual(['stop', 'stop', 'stop', 'stop'])
  expect(afterClose(4429)).toBe('wait')
})
