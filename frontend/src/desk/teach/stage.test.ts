import { describe, expect, it } from 'vitest'
import type { SlotFact } from '../../live/facts'
import { stageOf, type Situation } from './stage'

const slot = (change: Partial<SlotFact> = {}): SlotFact => ({
  type: 'slot', seq: 1, key: 'teacher', slot: 'teacher', live: true, person: 'other', name: '韦小兰', human: true, room: null, room_name: null,
  audio: true, video: true, since: null, relay: 'relay-1', ...change,
})
const stage = (change: Partial<Situation>) => stageOf({ mode: 'off', hers: true, startedAt: null, slot: null, me: 'me', ...change })

describe('where the page of the teacher stands', () => {
  it('is ready before the lesson and offers to continue one that runs', () => {
    expect(stage({})).toBe('ready')
    expect(stage({ startedAt: '2026-11-24T02:30:00Z' })).toBe('resume')
  })

  it('says when another person holds the lesson, but not when the demo teacher does', () => {
    expect(stage({ slot: slot(), startedAt: 'x' })).toBe('taken')
    expect(stage({ slot: slot({ human: false }) })).toBe('ready')
    expect(stage({ slot: slot({ live: false }), startedAt: 'x' })).toBe('resume')
    expect(stage({ slot: slot({ person: 'me' }), startedAt: 'x' })).toBe('resume')
  })

  it('offers a colleague nothing but to stand in', () => {
    expect(stage({ hers: false, startedAt: 'x', slot: slot() })).toBe('foreign')
  })

  it('stays live while her own line is being mended', () => {
    expect(stage({ mode: 'live', slot: slot({ live: false }) })).toBe('live')
  })
})
