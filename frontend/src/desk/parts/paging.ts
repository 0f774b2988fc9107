import { computed, shallowRef } from 'vue'
import type { Page } from '../../shared/api'
import { fetching } from './fetching'

type Query = Record<string, string | number | boolean | null>

/** A keyset-paged list: the server gives the next page's cursor, the ones before are remembered here. */
export function paging<Item>(ask: (query: Query) => Promise<Page<Item>>, filters: () => Query, limit = 20) {
  const cursors = shallowRef<string[]>([])
  const { answer, said, busy, again } = fetching(() => {
    const after = cursors.value[cursors.value.length - 1] ?? null
    return ask({ ...filters(), limit, after })
  })
  const from = computed(() => cursors.value.length * limit + 1)
  const shown = computed(() => {
    const page = answer.value
    return { from: page?.items.length ? from.value : 0, to: from.value - 1 + (page?.items.length ?? 0), total: page?.total ?? 0 }
  })

  function turn(next: string[]): Promise<void> {
    cursors.value = next
    return again()
  }
  return {
    answer, said, busy, again, shown,
    back: computed(() => cursors.value.length > 0),
    on: computed(() => Boolean(answer.value?.next)),
    first: () => turn([]),
    turnBack: () => turn(cursors.value.slice(0, -1)),
    turnOn: () => turn([...cursors.value, answer.value?.next ?? '']),
  }
}
