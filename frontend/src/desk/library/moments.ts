import type { Media, Resource } from './calls'

/** The tracks that have a picture, the one to watch first: the board, then who speaks. The one picture that is composed of both is for players that show one. */
export function tracks(resource: Pick<Resource, 'media'>): Media['track'][] {
  const order: Media['track'][] = ['board', 'main', 'teacher', 'guest', 'room1', 'room2', 'room3']
  const there = new Set(resource.media.filter((each) => each.role !== 'audio').map((each) => each.track))
  return order.filter((track) => there.has(track) && !(track === 'main' && there.has('teacher')))
}

/** Pupils' pictures and voices, which a viewer may turn on. */
export const isRoom = (track: Media['track']): boolean => track === 'guest' || track.startsWith('room')

/** Who is heard: the teacher, where there are two tracks. */
export function heard(found: readonly Media['track'][]): Media['track'] {
  return found.includes('teacher') ? 'teacher' : (found[0] ?? 'main')
}

/** The chapter that a moment lies in; -1 before the first. */
export function chapterAt(chapters: readonly { at: number }[], moment: number): number {
  return chapters.reduce((found, chapter, index) => (chapter.at <= moment + 0.01 ? index : found), -1)
}

/** Where to go on: where she left, unless that was the very beginning or nearly the end. */
export function resumeAt(position: number, whole: number): number {
  return position > 5 && position < whole * 0.95 ? position : 0
}
