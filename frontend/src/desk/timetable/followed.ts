/** A job of a draft, asked for every second until it ends; `ended` is called once, when it was seen going before. */
import { computed, onMounted, onScopeDispose, ref, shallowRef } from 'vue'

const EVERY_MS = 1000
const GOING = new Set(['waiting', 'running', 'stopping', 'comparing', 'writing'])

export function followed<Job extends { state: string }>(ask: () => Promise<Job>, ended: () => void) {
  const job = shallowRef<Job | null>(null)
  const wrong = ref('')
  const going = computed(() => GOING.has(job.value?.state ?? ''))
  let timer = 0

  async function heed(asking: () => Promise<Job>): Promise<void> {
    window.clearTimeout(timer)
    const before = going.value
    try {
      job.value = await asking()
      wrong.value = ''
    } catch (problem) {
      wrong.value = (problem as Error).message
    }
    if (going.value) timer = window.setTimeout(() => void heed(ask), EVERY_MS)
    else if (before) ended()
  }
  onMounted(() => heed(ask))
  onScopeDispose(() => window.clearTimeout(timer))
  return { job, wrong, going, heed }
}
