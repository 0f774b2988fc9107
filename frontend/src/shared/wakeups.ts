/** A pause of the page's own timer this long means that the machine slept. */
const SLEPT = 6_000

/** Calls back when the network changed, the page came to the front or the machine woke. Returns the end of it. */
export function onWakeUp(callback: () => void): () => void {
  const shown = () => document.visibilityState === 'visible' && callback()
  const network = (navigator as Navigator & { connection?: EventTarget }).connection
  let last = Date.now()
  const timer = setInterval(() => {
    if (Date.now() - last > SLEPT) callback()
    last = Date.now()
  }, 2000)
  addEventListener('online', callback)
  document.addEventListener('visibilitychange', shown)
  network?.addEventListener('change', callback)
  return () => {
    clearInterval(timer)
    removeEventListener('online', callback)
    document.removeEventListener('visibilitychange', shown)
    network?.removeEventListener('change', callback)
  }
}

/** Keeps the screen on while the page is in front; browsers without it are left as they are. Returns the end of it. */
export function keepAwake(): () => void {
  let lock: WakeLockSentinel | null = null
  const ask = async () => {
    if (document.visibilityState !== 'visible' || !('wakeLock' in navigator)) return
    lock = await navigator.wakeLock.request('screen').catch(() => null)
  }
  const again = () => void ask()
  document.addEventListener('visibilitychange', again)
  again()
  return () => {
    document.removeEventListener('visibilitychange', again)
    void lock?.release()
  }
}
