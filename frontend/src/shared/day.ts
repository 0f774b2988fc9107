import { type ComputedRef, type Ref, computed, onScopeDispose, ref, shallowRef, watch } from 'vue'
import { factOf } from '../live/facts'
import { type Api, type Page, Problem } from './api'
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
  /** Whether the server answered the last request, be it with a refusal. */
  reachable: Ref<boolean>
}

/** The day's lessons, and outside of them the one that began before midnight. `room` null: all that the account may see. */
async function today(api: Api, room: string | null): Promise<Lesson[]> {
  const day = dayOf(new Date(serverNow()))
  const { items } = await api.get<Page<Lesson>>('/api/lessons', { room, day, limit: 100 })
  if (items.some((lesson) => lesson.state === 'live')) return items
  const live = await api.get<Page<Lesson>>('/api/lessons', { room, state: 'live', limit: 10 })
  return [...live.items, ...items]
}

/** Why something was refused, in words, until the next poll; and whether the server answered at all. */
class Trouble {
  readonly problem = ref('')
  readonly reachable = ref(true)

  readonly take = (error: unknown): void => {
    this.problem.value = error instanceof Error ? error.message : ''
    this.reachable.value = error instanceof Problem && error.status !== 0
  }

  clear(): void {
    this.problem.value = ''
    this.reachable.value = true
  }
}

/** A room's or a pupil's day: polls its lessons, follows the one that is open and watches it once it is live. All by itself. */
export function useDay(api: Api, seat: Seat): Day {
  const now = useClock(1000)
  const lessons = shallowRef<Lesson[]>([])
  const fetched = ref<number | null>(null)
  const attended = ref<string | null>(null)
  const trouble = new Trouble()
  const plan = computed(() => agenda(lessons.value, now.value, attended.value))
  const { watching, attend } = useAttendance(api, seat, trouble)

  async function poll(): Promise<void> {
    try {
      lessons.value = await today(api, seat.room)
      fetched.value = now.value
      trouble.clear()
    } catch (error) {
      trouble.take(error)
    }
    keepUp()
  }

  function keepUp(): void {
    const about = plan.value
    if (about.name === 'live') attended.value = about.lesson.id
    const open = about.name === 'live' || (about.name === 'waiting' && isOpen(about.lesson, now.value))
    attend(open ? about.lesson : null, about.name === 'live')
  }

  watch(() => plan.value.name, keepUp)
  useAttention(watching, () => void poll())
  return { now, agenda: plan, lessons, watching, fetched, problem: trouble.problem, reachable: trouble.reachable }
}

/** The one lesson that is followed; another one, or none, ends it. */
function useAttendance(api: Api, seat: Seat, trouble: Trouble) {
  const watching = shallowRef<Watching | null>(null)
  const wanted: TicketWanted = { as: seat.as, rehearsal: false, takeover: false, room_id: seat.as === 'classroom' ? seat.room : null }

  function attend(lesson: Lesson | null, live: boolean): void {
    if (watching.value?.lesson !== lesson?.id) {
      watching.value?.close()
      watching.value = lesson ? new Watching(api, lesson.id, wanted) : null
    }
    void watching.value?.follow().catch(trouble.take)
    if (live) void watching.value?.watch().catch(trouble.take)
  }

  onScopeDispose(() => watching.value?.close())
  return { watching, attend }
}

/** Calls for a poll every so often, when the machine wakes, and when the lesson's socket tells of a start or an end. */
function useAttention(watching: Ref<Watching | null>, poll: () => void): void {
  const told = computed(() => watching.value && factOf(watching.value.known.value, 'lesson'))
  watch(() => told.value?.seq, poll)
  const timer = setInterval(poll, POLL)
  const ends = [keepAwake(), onWakeUp(() => {
    watching.value?.nudge()
    poll()
  })]
  onScopeDispose(() => {
    clearInterval(timer)
    for (const end of ends) end()
  })
  poll()
}
