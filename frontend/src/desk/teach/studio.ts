import { computed, onBeforeUnmount, onMounted, ref, watch, type Ref } from 'vue'
import { onBeforeRouteLeave } from 'vue-router'
import { factOf } from '../../live/facts'
import { either } from '../../shared/i18n'
import type { Lesson } from '../../shared/shapes'
import { person } from '../account'
import { useKnown } from '../lessons/knowing'
import { isOpen } from '../lessons/standing'
import { useClock } from '../../shared/clock'
import { actsOf } from './acts'
import { useBroadcast } from './broadcast'
import { useCapture } from './capture'
import { useLevel } from './level'
import { RoomMemory, roomTiles } from './rooms'
import { useShare } from './share'
import { stageOf } from './stage'
import { useSwitches } from './switches'
import { t } from './words'

export interface Told { changed: (lesson: Lesson) => void; stale: () => void }

/** Everything the live page knows and does; the components only show it. */
export function useStudio(lesson: Ref<Lesson>, told: Told) {
  const id = lesson.value.id
  const me = person.value?.id ?? ''
  const said = ref('')
  const now = useClock(1000)
  const capture = useCapture()
  const share = useShare()
  const broadcast = useBroadcast(id, capture, share.shared)
  const level = useLevel(() => capture.tracks.microphone)

  const hers = computed(() => [lesson.value.teacher.id, lesson.value.substitute?.id].includes(me))
  const open = computed(() => isOpen(lesson.value, now.value))
  const heard = computed(() => (open.value && hers.value ? id : null))
  const { known, connection, send } = useKnown(heard, 'teacher', (refusal) => {
    said.value = either(refusal.detail_zh, refusal.detail_en)
  })
  const slot = computed(() => factOf(known.value, 'slot', 'teacher'))
  const stage = computed(() => stageOf({ mode: broadcast.mode.value, hers: hers.value, startedAt: lesson.value.started_at, slot: slot.value, me }))
  const memory = new RoomMemory()
  const tiles = computed(() => roomTiles(lesson.value.receiving_rooms, known.value, memory, now.value))
  const paused = computed(() => broadcast.mode.value === 'live' && (factOf(known.value, 'paused')?.paused ?? false))
  const switches = useSwitches(capture, share.shared, paused, (muted) => {
    if (broadcast.mode.value === 'live') send({ type: 'mute', slot: 'teacher', muted })
  })

  function pause(on: boolean): void {
    if (!send({ type: 'pause', paused: on })) said.value = t('eventsDown')
  }

  // A refusal for good: another person holds the lesson now, or it is over. Anything else mends itself.
  watch(broadcast.state, (state) => {
    if (state.name !== 'closed' || !state.cause || broadcast.mode.value === 'off') return
    said.value = state.cause.code === 'slot-taken' ? t('takenFrom', { name: slot.value?.name ?? '' }) : either(state.cause.zh, state.cause.en)
    broadcast.stop()
    told.stale()
  })
  watch(() => factOf(known.value, 'lesson'), (fact, before) => {
    if (fact && (fact.state !== before?.state || fact.started_at !== before?.started_at)) told.stale()
  })

  stayWhileLive(() => broadcast.mode.value === 'live', () => { said.value = t('unsaved') })
  onMounted(capture.open)
  return { said, now, capture, share, broadcast, level, hers, open, connection, slot, stage, tiles, paused, pause, known, ...switches, ...actsOf(lesson, broadcast, said, told) }
}
export type Studio = ReturnType<typeof useStudio>

/** Closing the tab asks first; a step inside the site is refused with a sentence. */
function stayWhileLive(live: () => boolean, refuse: () => void): void {
  const ask = (event: BeforeUnloadEvent): void => { if (live()) event.preventDefault() }
  window.addEventListener('beforeunload', ask)
  onBeforeUnmount(() => window.removeEventListener('beforeunload', ask))
  onBeforeRouteLeave(() => {
    if (live()) refuse()
    return !live()
  })
}
