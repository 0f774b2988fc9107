/** What a paired box tells of itself: its software, and what its line and loudspeaker showed. */
import { onScopeDispose, type Ref } from 'vue'
import { version } from '../../package.json'
import type { Api } from '../shared/api'
import type { Sight } from '../shared/says'
import { LOSS, RTT } from '../shared/line-test/judging'
import { tried } from '../shared/sound'

export interface Check { name: string; verdict: 'ok' | 'weak' | 'down'; value?: number }

const FIRST_MS = 20_000
const EVERY_MS = 10 * 60_000
/** kbit/s that flow with a picture of 180 lines; less is weak. */
const DOWN = 150

const round = (value: number): number => Math.round(value * 10) / 10
const check = (name: string, value: number, weak: boolean): Check => ({ name, value: round(value), verdict: weak ? 'weak' : 'ok' })

/** The self-test, from what is known already; `microphone` null where the room needs none. Pure. */
export function checksOf(sight: Sight, heard: boolean, microphone: boolean | null): Check[] {
  const found: Check[] = heard ? [{ name: 'speaker', verdict: 'ok' }] : []
  if (microphone !== null) found.push({ name: 'microphone', verdict: microphone ? 'ok' : 'down' })
  if (sight.media.name === 'playing') found.push({ name: 'udp', verdict: sight.line?.quality.detour ? 'down' : 'ok' })
  else if (sight.following) found.push({ name: 'udp', verdict: 'down' })
  const quality = sight.line?.quality
  if (!quality) return found
  found.push(check('loss', quality.loss * 100, quality.loss * 100 > LOSS), check('down', quality.kbps, quality.kbps < DOWN))
  return quality.rtt === null ? found : [...found, check('rtt', quality.rtt, quality.rtt > RTT)]
}

/** Plugged in, and not refused to this page; asking for it would show a question on the big screen. */
async function hasMicrophone(): Promise<boolean> {
  const devices = await navigator.mediaDevices?.enumerateDevices().catch(() => []) ?? []
  const leave = await navigator.permissions?.query({ name: 'microphone' as PermissionName }).then((found) => found.state, () => 'prompt')
  return leave !== 'denied' && devices.some((device) => device.kind === 'audioinput')
}

export function useTelling(api: Api, isBox: boolean, speaks: boolean, sight: Ref<Sight>): void {
  if (!isBox) return
  const tell = async (): Promise<void> => {
    const checks = checksOf(sight.value, tried.value, speaks ? await hasMicrophone() : null)
    const body = { software: version, browser: navigator.userAgent.slice(0, 300), checks }
    void api.put('/api/devices/own/told', body).catch(() => undefined)
  }
  const first = setTimeout(() => void tell(), FIRST_MS)
  const every = setInterval(() => void tell(), EVERY_MS)
  onScopeDispose(() => { clearTimeout(first); clearInterval(every) })
}
