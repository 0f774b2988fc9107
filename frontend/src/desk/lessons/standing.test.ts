import { describe, expect, it } from 'vitest'
import type { Lesson } from '../../shared/shapes'
import { destinations, isOpen, nextOf, reached, standing } from './standing'

const room = (id: string, school: string, county: string | null) =>
  ({ id, name: id, kind: 'listening' as const, school: { id: school, name: school, name_en: school, county, county_en: county } })

const hop = (tier: 'school' | 'prefecture', name: string) => ({ tier, name, name_en: name, count: 1 })

function lesson(change: Partial<Lesson> = {}): Lesson {
  return {
    id: 'a', title: '月相', subject: '科学', grade: 3, kind: 'dedicated', textbook_version: '', volume: '上', chapter: '',
    starts_at: '2026-11-24T02:30:00Z', ends_at: '2026-11-24T03:10:00Z', state: 'upcoming', opens_at: '2026-11-24T02:00:00Z', started_at: null, ended_at: null,
    shutdown: null, teacher: { id: 't', name: '陈静怡' }, substitute: null,
    sending_room: { id: 's', name: '录播室', school: { id: 'x', name: '兴义一小', name_en: '' } }, receiving_rooms: [], recording: 'teacher',
    way: [hop('school', '兴义一小'), hop('prefecture', '黔西南州')], ...change,
  }
}

describe('how a lesson stands', () => {
  const start = Date.parse('2026-11-24T02:30:00Z')

  it('opens at its time or with an early start, and closes when it is over', () => {
    expect(isOpen(lesson(), start - 30 * 60_000)).toBe(true)
    expect(isOpen(lesson(), start - 31 * 60_000)).toBe(false)
    expect(isOpen(lesson({ started_at: '2026-11-24T01:00:00Z' }), start - 60 * 60_000)).toBe(true)
    expect(isOpen(lesson({ state: 'ended' }), start)).toBe(false)
  })

  it('is shut down even when the server counts it as ended', () => {
    expect(standing(lesson({ state: 'ended', shutdown: { at: '', reason: '', by: '' } }))).toBe('shutdown')
  })

  it('has left only the sending school before it starts', () => {
    expect(reached(lesson())).toBe(1)
    expect(reached(lesson({ started_at: '2026-11-24T02:30:00Z' }))).toBe(2)
  })

  it('comes next when it is on, even if an earlier one has not begun', () => {
    const on = lesson({ id: 'on', state: 'live' })
    expect(nextOf([lesson({ state: 'ended' }), lesson({ id: 'later' }), on])?.id).toBe('on')
    expect(nextOf([lesson({ state: 'ended' })])).toBeNull()
  })

  it('counts a school with two rooms once', () => {
    const rooms = [room('1', 'p', '普安'), room('2', 'p', '普安'), room('3', 'q', '安龙')]
    expect(destinations(lesson({ receiving_rooms: rooms }))).toEqual([{ county: '普安', schools: 1 }, { county: '安龙', schools: 1 }])
  })
})
