/** The film that the plan names for this room: offered when its line fails or nobody teaches, and left when the lesson is back. */
import { computed, type ComputedRef, type Ref, ref, shallowRef, watch } from 'vue'
import type { Api } from '../shared/api'
import type { Going } from '../shared/says'
import type { Fallback, Lesson, Media, ResourceShown } from '../shared/shapes'
import { t } from './words'

/** So long nothing comes before a film is offered: most lines are back sooner. */
const WAIT_MS = 8_000
/** A weak line carries a picture of so many lines, not one of all. */
const LINES = 360
const WITHOUT = new Set<Going>(['offline', 'reconnecting', 'refused', 'awaiting', 'left', 'codec'])

/** Whether the class has nothing to look at but a still picture or a word. */
export const isWithout = (going: Going): boolean => WITHOUT.has(going)

/** The whole file that a weak line carries best: the smallest of enough lines, else the largest; teacher and board in one where there is such. */
export function lightest(media: readonly Media[]): string | null {
  const files = media.filter((one) => one.type.startsWith('video/') && one.height)
  const track = ['main', 'teacher', 'board'].find((name) => files.some((one) => one.track === name))
  const rungs = files.filter((one) => one.track === track).sort((one, other) => (one.height ?? 0) - (other.height ?? 0))
  return (rungs.find((one) => (one.height ?? 0) >= LINES) ?? rungs[rungs.length - 1])?.url ?? null
}

/** Seconds into the film: where the lesson would be, for a class that was in it; from the start for one that has seen nothing. */
export function startAt(lesson: Pick<Lesson, 'starts_at'>, now: number, begun: boolean, seconds: number | null): number {
  const gone = Math.max(0, Math.floor((now - Date.parse(lesson.starts_at)) / 1000))
  return begun && gone < (seconds ?? 0) ? gone : 0
}

export interface Film { title: string; url: string; at: number }
export interface Standby {
  /** Its title, once it is time to offer it. */
  offered: ComputedRef<string | null>
  film: Ref<Film | null>
  said: Ref<string>
  play: () => Promise<void>
  stop: () => void
}

/** `room` null: an account that sits in no room is told of none. */
export function useFallback(api: Api, lesson: Lesson, room: string | null, going: Ref<Going>, begun: () => boolean, now: () => number): Standby {
  const named = shallowRef<Fallback | null>(null)
  const film = shallowRef<Film | null>(null)
  const said = ref('')
  const since = ref<number | null>(null)
  const address = `/api/lessons/${lesson.id}/fallbacks`

  async function ask(): Promise<void> {
    named.value = (await api.get<Fallback[]>(address)).find((one) => one.room.id === room) ?? named.value
  }

  async function play(): Promise<void> {
    if (!named.value) return
    said.value = ''
    try {
      const shown = await api.get<ResourceShown>(`/api/resources/${named.value.film.id}`)
      const url = lightest(shown.media)
      if (!url) throw new Error(t('film.cannot'))
      film.value = { title: shown.title, url, at: startAt(lesson, now(), begun(), shown.seconds) }
      await api.put(address, { room_id: room })
    } catch (problem) {
      said.value = (problem as Error).message
    }
  }

  // asked while the line is good, so that it is known when the line is gone; and again then, for the desk may have chosen since
  watch(going, (next) => {
    if (!isWithout(next)) [since.value, film.value] = [null, null]
    else since.value ??= now()
  }, { immediate: true })
  watch(() => [room, since.value === null], () => { if (room) void ask().catch(() => undefined) }, { immediate: true })
  const offered = computed(() => (named.value && since.value !== null && now() - since.value >= WAIT_MS && !film.value ? named.value.film.name : null))
  return { offered, film, said, play, stop: () => { film.value = null } }
}
