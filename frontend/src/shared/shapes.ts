/** The API's shapes, by the names that the pages use. */
export interface Place { id: string; name: string; tier?: string }
export interface Person {
  id: string
  name: string
  username: string | null
  roles: { role: string; organisation: Place | null }[]
  room: { id: string; name: string; kind: RoomKind; school: Place } | null
  language: string | null
}
export type RoomKind = 'sending' | 'interactive' | 'listening'
export type LessonKind = 'dedicated' | 'master_teacher' | 'school_online'
export type LessonState = 'upcoming' | 'live' | 'ended'
export type Recording = 'none' | 'teacher' | 'teacher_board'
export interface ReceivingRoom { id: string; name: string; kind: RoomKind; school: { id: string; name: string; county: string | null } }
export interface Lesson {
  id: string
  title: string
  subject: string
  grade: number
  kind: LessonKind
  textbook_version: string
  volume: string
  chapter: string
  starts_at: string
  ends_at: string
  state: LessonState
  opens_at: string
  started_at: string | null
  ended_at: string | null
  shutdown: { at: string; reason: string; by: string } | null
  teacher: { id: string; name: string }
  substitute: { id: string; name: string } | null
  sending_room: { id: string; name: string; school: { id: string; name: string } }
  receiving_rooms: ReceivingRoom[]
  recording: Recording
  way: { tier: string; name: string }[]
}
export type TicketRole = 'teacher' | 'classroom' | 'student' | 'observer'
export interface TicketAnswer {
  ticket: string
  whip_url: string | null
  whep_url: string
  events_url: string
  ice_servers: RTCIceServer[]
  expires_at: string
  slots: string[]
}
