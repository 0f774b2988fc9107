import { onBeforeUnmount, ref, shallowRef, watch, type Ref } from 'vue'
import { LessonEvents, type Connection } from '../../live/events'
import { NOTHING, type FromClient, type Known, type Refusal } from '../../live/facts'
import type { TicketRole } from '../../shared/shapes'
import { askTicket } from './calls'

/** What is known of a lesson while the component stands: its facts over the socket, opened for `id` and closed for null. */
export function useKnown(id: Ref<string | null>, as: TicketRole, refused: (refusal: Refusal) => void = () => undefined) {
  const known = shallowRef<Known>(NOTHING)
  const connection = ref<Connection>('closed')
  let events: LessonEvents | null = null

  function close(): void {
    events?.close()
    events = null
    known.value = NOTHING
  }

  async function open(lesson: string): Promise<void> {
    const first = await askTicket(lesson, as).catch(() => null)
    if (!first || id.value !== lesson) return
    let ticket = first.ticket
    events = new LessonEvents({
      url: first.events_url,
      ticket: async (stale) => {
        if (stale) ticket = (await askTicket(lesson, as)).ticket
        return ticket
      },
      onKnown: (next) => { known.value = next },
      onConnection: (next) => { connection.value = next },
      onRefusal: refused,
    })
  }

  watch(id, (next) => {
    close()
    if (next) void open(next)
  }, { immediate: true })
  onBeforeUnmount(close)

  return { known, connection, send: (message: FromClient): boolean => events?.send(message) ?? false, nudge: () => events?.nudge() }
}
