import type { Page } from '../../shared/api'
import type { Fallback, Lesson, LessonKind, Recording, TicketAnswer, TicketRole } from '../../shared/shapes'
import { api } from '../account'

export interface LessonQuery {
  state?: string | null
  day?: string | null
  until?: string | null
  place?: string | null
  fate?: string | null
  q?: string | null
  teacher?: string | null
  room?: string | null
  after?: string | number | null
  limit?: string | number | null
}

export interface LessonBody {
  title: string
  subject: string
  grade: number
  kind: LessonKind
  textbook_version: string
  volume: string
  chapter: string
  starts_at: string
  ends_at: string
  teacher_id: string
  sending_room_id: string
  receiving_room_ids: string[]
  recording: Recording
}

export interface RoomConsent { id: string; name: string; children: number; lacking: number }
/** Whether the interactive rooms may be recorded, and where families have yet to agree. */
export const readRecordedRooms = (id: string): Promise<{ wanted: boolean; recorded: boolean; rooms: RoomConsent[] }> => api.get(`/api/recordings/${encodeURIComponent(id)}/rooms`)

const at = (id: string, act = ''): string => `/api/lessons/${encodeURIComponent(id)}${act}`

export const listLessons = (query: LessonQuery): Promise<Page<Lesson>> => api.get('/api/lessons', { ...query })
export const readLesson = (id: string): Promise<Lesson> => api.get(at(id))
export const createLesson = (body: LessonBody): Promise<Lesson> => api.post('/api/lessons', body)
export const changeLesson = (id: string, body: Partial<LessonBody>): Promise<Lesson> => api.patch(at(id), body)
export const removeLesson = (id: string): Promise<void> => api.delete(at(id))
export const startLesson = (id: string): Promise<Lesson> => api.post(at(id, '/start'))
export const endLesson = (id: string): Promise<Lesson> => api.post(at(id, '/end'))
export const shutLesson = (id: string, reason: string): Promise<Lesson> => api.post(at(id, '/shutdown'), { reason })
export const substituteLesson = (id: string, person: string): Promise<Lesson> => api.post(at(id, '/substitute'), { person_id: person })
/** The films that stand in where the line fails, of the asker's own rooms. */
export const readFallbacks = (id: string): Promise<Fallback[]> => api.get(at(id, '/fallbacks'))
export const playFallback = (id: string, room: string): Promise<Fallback[]> => api.put(at(id, '/fallbacks'), { room_id: room })
export const askTicket = (id: string, as: TicketRole, more: { rehearsal?: boolean; takeover?: boolean } = {}): Promise<TicketAnswer> =>
  api.post(at(id, '/ticket'), { as, ...more })

/** Every lesson of a day, page after page: a day of one teacher or one bureau fits on a screen. */
export async function wholeDay(query: LessonQuery): Promise<Lesson[]> {
  const found: Lesson[] = []
  let after: string | null = null
  do {
    const page: Page<Lesson> = await listLessons({ ...query, after, limit: 200 })
    found.push(...page.items)
    after = page.next
  } while (after)
  return found.sort((a, b) => a.starts_at.localeCompare(b.starts_at))
}
