import { type ComputedRef, type Ref, computed, onScopeDispose, ref, shallowRef, watch } from 'vue'
import { NOTHING } from '../live/facts'
import type { Sight } from './says'
import { serverNow } from './time'
import type { Watching } from './watching'

/** What the ended page tells of the lesson that was just watched. */
export interface Figures { minutes: number; weakMinutes: number }

/** What a page sees of the lesson in hand, and how long it has seen it. */
export function useSight(watching: Ref<Watching | null>): { sight: ComputedRef<Sight>; figures: Ref<Figures> } {
  const online = ref(navigator.onLine)
  const tell = () => (online.value = navigator.onLine)
  for (const name of ['online', 'offline']) addEventListener(name, tell)
  onScopeDispose(() => {
    for (const name of ['online', 'offline']) removeEventListener(name, tell)
  })
  const sight = computed<Sight>(() => ({
    known: watching.value?.known.value ?? NOTHING,
    media: watching.value?.media.value ?? { name: 'idle' },
    line: watching.value?.line.value ?? null,
    online: online.value,
    begun: watching.value?.seen.begun ?? false,
    following: watching.value?.following.value ?? false,
  }))
  return { sight, figures: useFigures(watching) }
}

function useFigures(watching: Ref<Watching | null>): Ref<Figures> {
  const figures = shallowRef<Figures>({ minutes: 0, weakMinutes: 0 })
  let [since, weak] = [0, 0]
  watch(() => watching.value?.seen.connections, (count) => {
    if (count === 1) since = serverNow()
  })
  watch(() => watching.value?.seen.weakSeconds, (seconds) => {
    if (seconds !== undefined) weak = seconds
  })
  watch(watching, (_, before) => {
    if (before && since) figures.value = { minutes: Math.round((serverNow() - since) / 60_000), weakMinutes: Math.round(weak / 60) }
    since = weak = 0
  }, { flush: 'sync' })
  return figures
}
