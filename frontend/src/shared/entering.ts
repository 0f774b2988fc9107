import { ref } from 'vue'
import type { Credentials } from './shapes'

/** A door's form while it is used: one try at a time, and the sentence of the last refusal. True: one is in. */
export function useEntering(enter: (credentials: Credentials) => Promise<void>) {
  const busy = ref(false)
  const refusal = ref('')

  async function attempt(credentials: Credentials): Promise<boolean> {
    busy.value = true
    refusal.value = ''
    try {
      await enter(credentials)
      return true
    } catch (error) {
      refusal.value = error instanceof Error ? error.message : String(error)
      return false
    } finally {
      busy.value = false
    }
  }
  return { busy, refusal, attempt }
}
