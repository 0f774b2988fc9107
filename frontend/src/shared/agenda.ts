import type { Lesson } from './shapes'

/** What a room's screen is about at `now` (milliseconds, the server's clock). Pure. */
export type Agenda =
  /** In class, or about to be: `lesson` may be followed. */
  | { name: 'live'; lesson: Lesson }
  | { name: 'ended'; lesson: Lesson; next: Lesson | null }
  | { name: 'waiting'; lesson: Lesson }
  | { name: 'free' }

/** A lesson that is over stays on the screen so long, but not into the last minutes before the next. */
export const AFTERGLOW = 10 * 60_000
export const BEFORE_NEXT = 5 * 60_000

const byStart = (a: Lesson, b: Lesson) => Date.parse(a.starts_at) - Date.parse(b.starts_at)

/** `attended` is the lesson that this screen was in, so that only that one is seen to end. */
export function agenda(lessons: readonly Lesson[], now: number, attended: string | null): Agenda {
  const sorted = [...lessons].sort(byStart)
  const live = sorted.filter((lesson) => lesson.state === 'live')
  // Of two live ones, the later began when the earlier should have been over.
  const current = live[live.length - 1]
  if (current) return { name: 'live', lesson: current }
  const next = sorted.find((lesson) => lesson.state === 'upcoming') ?? null
  const over = sorted.find((lesson) => lesson.id === attended && lesson.state === 'ended')
  if (over && isFresh(over, now) && !isNear(next, now)) return { name: 'ended', lesson: over, next }
  return next ? { name: 'waiting', lesson: next } : { name: 'free' }
}

function isFresh(lesson: Lesson, now: number): boolean {
  const end = lesson.shutdown?.at ?? lesson.ended_at ?? lesson.ends_at
  return now - Date.parse(end) < AFTERGLOW
}

function isNear(lesson: Lesson | null, now: number): boolean {
  return lesson !== null && Date.parse(lesson.starts_at) - now < BEFORE_NEXT
}

/** Whether tickets are given out already, so that the screen can listen for the teacher's start. */
export function isOpen(lesson: Lesson, now: number): boolean {
  return lesson.state !== 'ended' && now >= Date.parse(lesson.opens_at)
}
