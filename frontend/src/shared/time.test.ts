import { describe, expect, it } from 'vitest'
import { clockOf, clockOrDay, dayOf, longDay, minutesUntil, momentOf, stopwatch } from './time'

describe('clock times of the prefecture', () => {
  const lateEvening = new Date('2026-11-23T17:30:00Z')

  it("counts the day in Shanghai, not in the computer's zone", () => {
    expect(dayOf(lateEvening)).toBe('2026-11-24')
    expect(clockOf(lateEvening)).toBe('01:30')
  })

  it('names the day of a moment that is not today', () => {
    expect(clockOrDay(lateEvening, new Date('2026-11-24T02:00:00Z'))).toBe('01:30')
    expect(clockOrDay(lateEvening, new Date('2026-11-23T15:00:00Z'))).toBe('11-24 01:30')
  })

  it('writes the day in both languages', () => {
    expect(longDay(lateEvening, 'zh-CN')).toBe('11 月 24 日 星期二')
    expect(longDay(lateEvening, 'en')).toContain('24 November')
  })

  it('reads an entered time as Shanghai time', () => {
    expect(new Date(momentOf('2026-11-24', '10:30')).toISOString()).toBe('2026-11-24T02:30:00.000Z')
  })

  it('rounds the minutes to a lesson up', () => {
    expect(minutesUntil('2026-11-24T02:30:00Z', Date.parse('2026-11-24T02:24:30Z'))).toBe(6)
  })

  it('shows hours only when there are some', () => {
    expect(stopwatch(1_104_000)).toBe('18:24')
    expect(stopwatch(3_723_000)).toBe('1:02:03')
    expect(stopwatch(-5)).toBe('0:00')
  })
})
