import { onScopeDispose, ref, type Ref } from 'vue'
import { serverNow } from './time'

/** The server's time as a ref, anew every `every` milliseconds while the component lives. */
export function useClock(every = 1000): Ref<number> {
  const now = ref(serverNow())
  const timer = setInterval(() => (now.value = serverNow()), every)
  onScopeDispose(() => clearInterval(timer))
  return now
}
