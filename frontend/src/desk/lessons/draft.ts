/** A lesson being written down: what the form holds, what the API takes, which field a refusal belongs to. Pure. */
import { countyName, whereName } from '../../shared/naming'
import type { Problem } from '../../shared/api'
import type { Lesson, LessonKind, Recording } from '../../shared/shapes'
import type { Pick } from '../parts/SearchPick.vue'
import type { RoomPick } from '../places/calls'
import { clockOf, dayOf, momentOf } from '../../shared/time'
import type { LessonBody } from './calls'

export interface Draft {
  title: string
  subject: string
  grade: number
  kind: LessonKind
  version: string
  volume: string
  chapter: string
  day: string
  starts: string
  ends: string
  teacher: Pick | null
  sending: Pick | null
  rooms: RoomPick[]
  recording: Recording
}
export type Field = keyof Draft

export function emptyDraft(now: Date): Draft {
  return {
    title: '', subject: '', grade: 3, kind: 'dedicated', version: '', volume: '上', chapter: '', day: dayOf(now), starts: '', ends: '',
    teacher: null, sending: null, rooms: [], recording: 'teacher',
  }
}

export function draftOf(lesson: Lesson): Draft {
  const [starts, ends] = [new Date(lesson.starts_at), new Date(lesson.ends_at)]
  const { title, subject, kind, volume, chapter, recording, teacher, sending_room: sending } = lesson
  return {
    title, subject, kind, volume, chapter, recording, grade: Number(lesson.grade), version: lesson.textbook_version,
    day: dayOf(starts), starts: clockOf(starts), ends: clockOf(ends), teacher: { ...teacher, note: '' },
    sending: { id: sending.id, name: whereName(sending), note: '' },
    rooms: lesson.receiving_rooms.map((room) => ({ id: room.id, kind: room.kind, name: whereName(room), note: countyName(room.school) })),
  }
}

const REQUIRED: readonly Field[] = ['title', 'subject', 'version', 'chapter', 'day', 'starts', 'ends', 'teacher', 'sending', 'rooms']

/** The fields that are still empty, in the order of the form. */
export function missing(draft: Draft): Field[] {
  return REQUIRED.filter((field) => {
    const value = draft[field]
    return value === null || (typeof value === 'string' && !value.trim()) || (Array.isArray(value) && !value.length)
  })
}

export function endsTooEarly(draft: Draft): boolean {
  return Boolean(draft.starts && draft.ends) && draft.ends <= draft.starts
}

/** Only after `missing` is empty: teacher and sending room are chosen. */
export function bodyOf(draft: Draft): LessonBody {
  return {
    title: draft.title.trim(), subject: draft.subject, grade: draft.grade, kind: draft.kind, textbook_version: draft.version.trim(),
    volume: draft.volume, chapter: draft.chapter.trim(), starts_at: momentOf(draft.day, draft.starts), ends_at: momentOf(draft.day, draft.ends),
    teacher_id: draft.teacher?.id ?? '', sending_room_id: draft.sending?.id ?? '', receiving_room_ids: draft.rooms.map((room) => room.id),
    recording: draft.recording,
  }
}

const FIELD_OF: Readonly<Record<string, Field>> = {
  'not-model-school': 'rooms', 'too-many-interactive': 'rooms', 'room-twice': 'rooms', 'room-unknown': 'rooms', 'not-a-receiving-room': 'rooms',
  'not-a-sending-room': 'sending', 'not-a-teacher': 'teacher', 'teacher-booked': 'teacher', 'lesson-length': 'ends', 'lesson-in-the-past': 'day',
  'lesson-too-far': 'day',
}

/** Where a refusal is shown; a booked room is looked for by its name, since it may be the sending one. Null: above the form. */
export function fieldOf(problem: Problem, draft: Draft): Field | null {
  if (problem.code === 'room-booked') return draft.sending && draft.sending.name === problem.document['busy'] ? 'sending' : 'rooms'
  return FIELD_OF[problem.code] ?? null
}
