import { expect, test } from 'vitest'
import { type Fact, NOTHING, learn } from '../live/facts'
import type { Quality } from '../live/stats'
import { type Sight, goingOn, isStill, stepOf, whyOf } from './says'

const you = { key: 'r', person: 'p', name: '云头', role: 'classroom', room: 'r', room_name: null } as const
const knowing = (...facts: object[]) =>
  learn(NOTHING, { type: 'state', seq: 9, lesson: 'l', stage: 'live', you, at: '', facts: facts as Fact[] })
const board = { type: 'slot', seq: 1, key: 'board', slot: 'board', live: true }
const good: Quality = { kbps: 900, loss: 0, asked: 0, concealed: 0, fps: 25, frozen: 0, height: 720, rtt: 30, detour: false, flowing: true, moving: true, audible: true }
const sight = (change: Partial<Sight> = {}): Sight =>
  ({ known: knowing(board), media: { name: 'playing' }, line: { quality: good, state: 'ok' }, online: true, begun: true, following: false, ...change })
const lost: Sight['media'] = { name: 'reconnecting', attempt: 1, due: 0, opening: false, cause: { code: 'network', status: 0, zh: '', en: '' } }

test('a lesson with picture and a good line is live', () => {
  expect(goingOn(sight())).toBe('live')
  expect(goingOn(sight({ known: NOTHING }))).toBe('live')
})

test("the teacher's mute explains silence on a good line, and no fault of it", () => {
  const muted = knowing(board, { type: 'muted', seq: 3, key: 'teacher', slot: 'teacher', muted: true })
  expect(whyOf(sight({ known: muted }))).toBe('muted')
  expect(whyOf(sight({ known: muted, media: lost }))).toBe('reconnecting')
  expect(whyOf(sight())).toBe('live')
})

test('a pause is told as a pause, even while the line is down', () => {
  expect(goingOn(sight({ known: knowing({ type: 'paused', seq: 2, key: '', paused: true }), media: lost }))).toBe('paused')
})

test('a lost line is told by what is lost', () => {
  expect(goingOn(sight({ media: lost }))).toBe('reconnecting')
  expect(goingOn(sight({ media: lost, online: false }))).toBe('offline')
  expect(goingOn(sight({ media: { name: 'connecting', since: 0 }, begun: false }))).toBe('connecting')
  expect(goingOn(sight({ media: { name: 'closed', cause: { code: 'lesson-over', status: 410, zh: '', en: '' } } }))).toBe('refused')
})

test('silence on a whole path blames nobody until it is known whose it is', () => {
  const stalled = (change: object = {}): Sight['media'] => ({ name: 'stalled', since: 0, asked: 0, broken: false, restarted: false, ...change })
  expect(goingOn(sight({ media: stalled() }))).toBe('quiet')
  expect(goingOn(sight({ media: stalled(), known: knowing({ ...board, live: false }) }))).toBe('left')
  expect(goingOn(sight({ media: stalled({ broken: true }) }))).toBe('reconnecting')
  expect(goingOn(sight({ media: stalled({ restarted: true }) }))).toBe('reconnecting')
  const nobody = knowing({ ...board, live: false })
  expect(goingOn(sight({ media: stalled({ restarted: true }), known: nobody }))).toBe('left')
  const again = (code: string): Sight['media'] => ({ name: 'reconnecting', attempt: 1, due: 0, opening: true, cause: { code, status: 0, zh: '', en: '' } })
  expect(goingOn(sight({ media: again('quiet'), known: nobody }))).toBe('left')
  expect(goingOn(sight({ media: again('lost'), known: nobody }))).toBe('reconnecting')
  expect(isStill('quiet')).toBe(true)
})

test('a lesson without a publisher waits, and knows whether it had begun', () => {
  const empty = knowing({ ...board, live: false })
  expect([goingOn(sight({ known: empty, begun: false })), goingOn(sight({ known: empty }))]).toEqual(['awaiting', 'left'])
})

test('a weak line with sound only says that the voice goes on', () => {
  expect(goingOn(sight({ line: { quality: good, state: 'weak' } }))).toBe('weak')
  expect(goingOn(sight({ line: { quality: { ...good, moving: false }, state: 'weak' } }))).toBe('voice')
})

test('a healthy line on which the relay sends the voice alone says so, until a picture moves', () => {
  const line = (layer: string) => knowing(board, { type: 'line', seq: 3, key: 's1', connected: true, direction: 'receive', codec: 'supported', layer })
  const dark: Sight['line'] = { quality: { ...good, moving: false }, state: 'ok' }
  expect([goingOn(sight({ known: line('voice'), line: dark })), whyOf(sight({ known: line('voice'), line: dark }))]).toEqual(['voice', 'voice'])
  expect(whyOf(sight({ known: line('thin'), line: dark }))).toBe('thin')
  expect(goingOn(sight({ known: line('voice') }))).toBe('live')
  expect(goingOn(sight({ known: line('f'), line: dark }))).toBe('live')
})

test('a browser that cannot take the codec is told so', () => {
  const line = { type: 'line', seq: 3, key: 's1', connected: true, direction: 'receive', codec: 'unsupported' }
  expect(goingOn(sight({ known: knowing(board, line) }))).toBe('codec')
})

test('only an old picture is greyed', () => {
  expect([isStill('live'), isStill('weak'), isStill('voice'), isStill('reconnecting')]).toEqual([false, false, true, true])
})

test('the ladder shows the step that comes in', () => {
  const step = (height: number, moving = true) => stepOf({ quality: { ...good, height, moving }, state: 'weak' })
  expect([step(720), step(480), step(180), step(720, false)]).toEqual(['720p', '360p', '180p', 'voice'])
})

test('a lesson that comes as files is going on, some seconds late', () => {
  expect(goingOn(sight({ media: lost, following: true }))).toBe('delayed')
  expect(goingOn(sight({ media: lost, following: true, online: false }))).toBe('offline')
  expect(isStill('delayed')).toBe(false)
})
