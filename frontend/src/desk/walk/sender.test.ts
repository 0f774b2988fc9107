import { expect, test } from 'vitest'
import { type Fact, NOTHING, learn } from '../../live/facts'
import { senderOf } from './sender'

const you = { key: 'o', person: 'p', name: '杨立群', role: 'observer', room: null, room_name: null } as const
const knowing = (...slots: object[]) =>
  learn(NOTHING, { type: 'state', seq: 9, lesson: 'l', stage: 'live', you, at: '', facts: slots.map((slot) => ({ type: 'slot', seq: 1, live: true, video: true, human: true, room: null, ...slot }) as Fact) })

test('a teacher at her own machine is named', () => {
  expect(senderOf(knowing({ key: 'teacher', slot: 'teacher', name: '陈静怡' }))).toEqual({ by: 'person', name: '陈静怡' })
})
test('a recording host is told by its room', () => {
  expect(senderOf(knowing({ key: 'teacher', slot: 'teacher', name: '直录播教室 1 录播主机', room: 'r', room_name: '直录播教室 1' }))).toEqual({ by: 'host', name: '直录播教室 1' })
})
test('the demo teacher is no person', () => {
  expect(senderOf(knowing({ key: 'teacher', slot: 'teacher', name: '演示老师', human: false }))).toEqual({ by: 'demo', name: '演示老师' })
})
test('without a picture of the teacher it is whoever sends the board; without any nobody', () => {
  const silent = { key: 'teacher', slot: 'teacher', name: '陈静怡', video: false }
  expect(senderOf(knowing(silent, { key: 'board', slot: 'board', name: '陈静怡' }))).toEqual({ by: 'person', name: '陈静怡' })
  expect(senderOf(knowing(silent))).toBeNull()
})
