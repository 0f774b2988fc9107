import { onMounted, watch, type Ref } from 'vue'

const REFRESH_MS = 30_000

/** Asks when the page appears, then by the clock `now` (ms) at most twice a minute. */
export function refreshing(now: Ref<number>, ask: () => unknown): void {
  onMounted(ask)
  let asked = now.value
  watch(now, (moment) => {
    if (moment - asked < REFRESH_MS) return
    asked = moment
    ask()
  })
}
