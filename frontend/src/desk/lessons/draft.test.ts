import { describe, expect, it } from 'vitest'
import { Problem } from '../../shared/api'
import { bodyOf, emptyDraft, endsTooEarly, fieldOf, missing, type Draft } from './draft'

const pick = (id: string) => ({ id, name: id, note: '' })
const whole: Draft = {
  ...emptyDraft(new Date('2026-11-23T20:00:00Z')), title: ' 月相 ', subject: '科学', version: '教科版', chapter: '第二单元', starts: '10:30', ends: '11:10',
  teacher: pick('t'), sending: pick('兴义一小 录播室'), rooms: [{ ...pick('r'), kind: 'listening' }],
}

describe('a lesson being written down', () => {
  it('begins on the day of the prefecture and names what is missing in the order of the form', () => {
    const empty = emptyDraft(new Date('2026-11-23T20:00:00Z'))
    expect(empty.day).toBe('2026-11-24')
    expect(missing(empty)).toEqual(['title', 'subject', 'version', 'chapter', 'starts', 'ends', 'teacher', 'sending', 'rooms'])
    expect(missing(whole)).toEqual([])
  })

  it('is sent with the time of the prefecture', () => {
    expect(bodyOf(whole)).toMatchObject({ title: '月相', starts_at: '2026-11-24T10:30:00+08:00', receiving_room_ids: ['r'] })
  })

  it('must end after it starts', () => {
    expect(endsTooEarly({ ...whole, ends: '10:30' })).toBe(true)
    expect(endsTooEarly(whole)).toBe(false)
  })

  it('shows a refusal at its field', () => {
    const at = (code: string, more = {}) => fieldOf(new Problem(409, code, '', more), whole)
    expect(at('not-model-school')).toBe('rooms')
    expect(at('room-booked', { busy: '兴义一小 录播室' })).toBe('sending')
    expect(at('room-booked', { busy: '云头教学点' })).toBe('rooms')
    expect(at('not-valid')).toBeNull()
  })
})
