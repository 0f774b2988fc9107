import { type ComputedRef, type Ref, computed, onScopeDispose, ref, shallowRef, watch } from 'vue'
import { factOf } from '../live/facts'
import type { Api, Page } from './api'
import { useClock } from './clock'
import type { Lesson, TicketRole, TicketWanted } from './shapes'
import { keepAwake, onWakeUp } from './wakeups'
import { dayOf, serverNow } from './time'
import { Watching } from './watching'
import { type Agenda, agenda, isOpen } from './agenda'

const POLL = 15_000

/** Where this page sits in a lesson. */
export interface Seat { as: TicketRole; room: string | null }

export interface Day {
  now: Ref<number>
  agenda: ComputedRef<Agenda>
  lessons: Ref<Lesson[]>
  /** The lesson that the screen is in or listens for; null before tickets are given out. */
  watching: Ref<Watching | null>
  /** When the server last gave the list, and why it did not since then. */
  fetched: Ref<number | null>
  problem: Ref<string>
}

/** The day's lessons, and outside of them the one that began before midnight. `room` null: all that the account may see. */
async function today(api: Api, room: string | null): Promise<Lesson[]> {
  const day = dayOf(new Date(serverNow()))
  const { items } = await api.get<Page<Lesson>>('/api/lessons', { room, day, limit: 100 })
  if (items.some((lesson) => lesson.state === 'live')) return items
  const live = await api.get<Page<Lesson>>('/api/lessons', { room, state: 'live', limit: 10 })
  return [...live.items, ...items]
}

const wanted = ({ as, room }: Seat): TicketWanted => ({ as, rehearsal: false, takeover: false, room_id: as === 'classroom' ? room : null })

/** A room's or a pupil's day: polls its lessons, follows the one that is open and watches it once it is live. All by itself. */
export function useDay(api: Api, seat: Seat): Day {
  const { room } = seat
  const now = useClock(1000)
  const lessons = shallowRef<Lesson[]>([])
  const watching = shallowRef<Watching | null>(null)
  const fetched = ref<number | null>(null)
  const problem = ref('')
  const attended = ref<string | null>(null)
  const plan = computed(() => agenda(lessons.value, now.value, attended.value))

  async function poll(): Promise<void> {
    try {
      lessons.value = await today(api, room)
      fetched.value = now.value
      problem.value = ''
    } catch (error) {
      problem.value = error instanceof Error ? error.message : ''
    }
    keepUp()
  }

  function keepUp(): void {
    const about = plan.value
    if (about.name === 'live') attended.value = about.lesson.id
    const wanted = about.name === 'live' || (about.name === 'waiting' && isOpen(about.lesson, now.value)) ? about.lesson : null
    attend(wanted)
    void watching.value?.follow().catch(refused)
    if (about.name === 'live') void watching.value?.watch().catch(refused)
  }

  function attend(lesson: Lesson | null): void {
    if (watching.value?.lesson === lesson?.id) return
    watching.value?.close()
    watching.value = lesson ? new Watching(api, lesson.id, wanted(seat)) : null
  }

  /** The next poll tries again; until then the words of the refusal stand on the screen. */
  function refused(error: unknown): void {
    problem.value = error instanceof Error ? error.message : ''
  }

  // The lesson's socket tells of start and end at once; the list is then asked for what it means.
  const told = computed(() => watching.value && factOf(watching.value.known.value, 'lesson'))
  watch(() => told.value?.seq, () => void poll())
  watch(() => plan.value.name, keepUp)
  const timer = setInterval(() => void poll(), POLL)
  const ends = [keepAwake(), onWakeUp(() => {
    watching.value?.nudge()
    void poll()
  })]
  onScopeDispose(() => {
    clearInterval(timer)
    for (const end of ends) end()
    watching.value?.close()
  })
  void poll()
  return { now, agenda: plan, lessons, watching, fetched, problem }
}
