import { expect, test } from 'vitest'
import type { Media } from './calls'
import { chapterAt, heard, isRoom, resumeAt, tracks } from './moments'

const media = (role: Media['role'], track: Media['track']): Media => ({ role, track, url: '', type: 'video/mp4', number: 0, label: '' })

test('the board is watched and the teacher is heard', () => {
  const found = tracks({ media: [media('source', 'teacher'), media('source', 'board'), media('rendition', 'main'), media('audio', 'main')] })
  expect(found).toEqual(['board', 'teacher'])
  expect(heard(found)).toBe('teacher')
  expect(heard(tracks({ media: [media('source', 'main')] }))).toBe('main')
})

test('a moment lies in the chapter that began last', () => {
  const chapters = [{ at: 0 }, { at: 10 }, { at: 20 }]
  expect([chapterAt(chapters, 0), chapterAt(chapters, 10), chapterAt(chapters, 99), chapterAt([], 5)]).toEqual([0, 1, 2, -1])
})

test('one goes on where one left, but not from the very end', () => {
  expect([resumeAt(2, 100), resumeAt(40, 100), resumeAt(97, 100)]).toEqual([0, 40, 0])
})

test('rooms come last, and are told from teacher and board', () => {
  const found = tracks({ media: [media('source', 'room2'), media('source', 'room1'), media('source', 'teacher')] })
  expect(found).toEqual(['teacher', 'room1', 'room2'])
  expect(found.map(isRoom)).toEqual([false, true, true])
  expect(heard(found)).toBe('teacher')
})
