/** What a paired box tells of itself: its software, and what its line and loudspeaker showed. */
import { onScopeDispose, type Ref } from 'vue'
import { version } from '../../package.json'
import type { Api } from '../shared/api'
import type { Sight } from '../shared/says'
import { tried } from '../shared/sound'

export interface Check { name: string; verdict: 'ok' | 'weak' | 'down'; value?: number }

const FIRST_MS = 20_000
const EVERY_MS = 10 * 60_000
/** From these on a line is called weak: per cent, milliseconds, and kbit/s that a picture of 180 lines needs. */
const LOSS = 5
const RTT = 400
const DOWN = 150

const round = (value: number): number => Math.round(value * 10) / 10
const check = (name: string, value: number, weak: boolean): Check => ({ name, value: round(value), verdict: weak ? 'weak' : 'ok' })

/** The self-test, from what is known already. Pure. */
export function checksOf(sight: Sight, heard: boolean): Check[] {
  const found: Check[] = heard ? [{ name: 'speaker', verdict: 'ok' }] : []
  const quality = sight.line?.quality
  if (!quality) return found
  found.push(check('loss', quality.loss * 100, quality.loss * 100 > LOSS), check('down', quality.kbps, quality.kbps < DOWN))
  return quality.rtt === null ? found : [...found, check('rtt', quality.rtt, quality.rtt > RTT)]
}

export function useTelling(api: Api, isBox: boolean, sight: Ref<Sight>): void {
  if (!isBox) return
  const tell = (): void => {
    const body = { software: version, browser: navigator.userAgent.slice(0, 300), checks: checksOf(sight.value, tried.value) }
    void api.put('/api/devices/own/told', body).catch(() => undefined)
  }
  const first = setTimeout(tell, FIRST_MS)
  const every = setInterval(tell, EVERY_MS)
  onScopeDispose(() => { clearTimeout(first); clearInterval(every) })
}
