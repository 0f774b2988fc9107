import { ref, type Ref } from 'vue'
import type { Lesson } from '../../shared/shapes'
import { person } from '../account'
import { endLesson, shutLesson, startLesson, substituteLesson } from '../lessons/calls'
import type { Broadcast } from './broadcast'
import type { Told } from './studio'

/** What she does to the lesson. One at a time; a refusal becomes the sentence on the page. */
export function actsOf(lesson: Ref<Lesson>, broadcast: Broadcast, said: Ref<string>, told: Told) {
  const id = lesson.value.id
  const busy = ref(false)

  async function attempt(act: () => Promise<void>): Promise<void> {
    busy.value = true
    said.value = ''
    try {
      await act()
    } catch (problem) {
      said.value = (problem as Error).message
    } finally {
      busy.value = false
    }
  }

  async function close(order: Promise<Lesson>): Promise<void> {
    const over = await order
    broadcast.stop()
    told.changed(over)
  }

  return {
    busy,
    goLive: (takeover = false) => attempt(async () => {
      if (!lesson.value.started_at) told.changed(await startLesson(id))
      await broadcast.begin('live', takeover)
    }),
    rehearse: () => attempt(() => broadcast.begin('rehearsal')),
    stepIn: () => attempt(async () => told.changed(await substituteLesson(id, person.value?.id ?? ''))),
    end: () => attempt(() => close(endLesson(id))),
    shut: (reason: string) => attempt(() => close(shutLesson(id, reason))),
  }
}
