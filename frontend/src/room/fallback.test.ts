import { expect, test } from 'vitest'
import type { Media } from '../shared/shapes'
import { isWithout, lightest, startAt } from './fallback'

const media = (height: number, track = 'main', type = 'video/mp4') => ({ url: `${track}-${height}`, height, track, type }) as Media
const lesson = { starts_at: '2026-11-23T01:00:00Z' }
const at = (minutes: number) => Date.parse(lesson.starts_at) + minutes * 60_000

test('a weak line gets the smallest picture of enough lines, teacher and board in one', () => {
  expect(lightest([media(720), media(540), media(360), media(180)])).toBe('main-360')
  expect(lightest([media(180, 'teacher'), media(720, 'teacher'), media(240)])).toBe('main-240')
  expect(lightest([media(720, 'board'), media(720, 'teacher')])).toBe('teacher-720')
})

test('what is no film with a picture is not played', () => {
  expect(lightest([media(0, 'main', 'application/vnd.apple.mpegurl'), media(0, 'main', 'audio/mp4')])).toBe(null)
})

test('a class that was in the lesson goes on at its minute, another from the start', () => {
  expect(startAt(lesson, at(12), true, 2400)).toBe(720)
  expect(startAt(lesson, at(12), false, 2400)).toBe(0)
  expect(startAt(lesson, at(12), true, 600)).toBe(0)
  expect(startAt(lesson, at(-2), true, 2400)).toBe(0)
})

test('a film stands in where nothing comes, and never for a pause or a weak line', () => {
  expect((['reconnecting', 'offline', 'left', 'awaiting', 'refused', 'codec'] as const).every(isWithout)).toBe(true)
  expect((['live', 'weak', 'voice', 'paused', 'delayed', 'quiet', 'connecting'] as const).some(isWithout)).toBe(false)
})
