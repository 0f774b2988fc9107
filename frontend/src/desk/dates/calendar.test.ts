import { describe, expect, it } from 'vitest'
import { daysOn, minutesOn, monthsOn, readClock, readDay, weekday, weeksAround } from './calendar'

describe('calendar days', () => {
  it('are counted over the ends of months and years', () => {
    expect(daysOn('2026-12-31', 1)).toBe('2027-01-01')
    expect(daysOn('2028-03-01', -1)).toBe('2028-02-29')
    expect(monthsOn('2027-01-31', 1)).toBe('2027-02-28')
    expect(monthsOn('2026-01-15', -1)).toBe('2025-12-15')
    expect(monthsOn('2028-02-29', 12)).toBe('2029-02-28')
  })

  it('stand in weeks from Monday to Sunday', () => {
    expect(weekday('2026-11-23')).toBe(0)
    expect(weekday('2026-11-29')).toBe(6)
    const weeks = weeksAround('2026-11-24')
    expect(weeks[0]?.[0]).toBe('2026-10-26')
    expect(weeks[weeks.length - 1]?.[6]).toBe('2026-12-06')
    expect(weeksAround('2027-02-10')).toHaveLength(4) // a February that begins on a Monday
    for (const week of weeks) expect(week.map(weekday)).toEqual([0, 1, 2, 3, 4, 5, 6])
  })

  it.each([
    ['2026-11-24', '2026-11-24'], ['2026/3/5', '2026-03-05'], ['２０２６年１１月２４日', '2026-11-24'], ['20261124', '2026-11-24'], ['11-24', '2026-11-24'],
    ['3月5日', '2026-03-05'], ['2026-02-30', null], ['2026-13-01', null], ['tomorrow', null], ['', null], ['24', null],
  ])('are read from %s', (text, day) => expect(readDay(text, '2026-11-22')).toBe(day))
})

describe('clock times', () => {
  it.each([
    ['8:30', '08:30'], ['８：３０', '08:30'], ['0830', '08:30'], ['8点30分', '08:30'], ['8点', '08:00'], ['8', '08:00'], ['23:59', '23:59'],
    ['24:00', null], ['8:60', null], ['', null], ['soon', null], ['12345', null],
  ])('are read from %s', (text, clock) => expect(readClock(text)).toBe(clock))

  it('stay within their day', () => {
    expect(minutesOn('10:55', 5)).toBe('11:00')
    expect(minutesOn('23:58', 5)).toBe('23:59')
    expect(minutesOn('00:02', -5)).toBe('00:00')
  })
})
