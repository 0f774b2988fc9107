/** Asking for help: one call, with what the page knows of its line. */
import type { InjectionKey } from 'vue'
import type { Api } from '../api'
import type { Sight } from '../says'
import { goingOn } from '../says'
import { t } from './words'

export const FAULTS = ['no-sound', 'no-picture', 'line', 'device', 'other'] as const
export type Fault = (typeof FAULTS)[number]

export interface Diagnosis {
  going?: string
  rtt_ms?: number
  loss_percent?: number
  down_kbps?: number
  up_kbps?: number
  picture_height?: number
  audible?: boolean
  online?: boolean
  browser?: string
}
/** Whom a page's help buttons ask, in which lesson, and what the page knows of its line. */
export interface Helping { api: Api; lesson: () => string | null; diagnosis: () => Diagnosis }
export const HELPING: InjectionKey<Helping> = Symbol('helping')

export interface Asked { code: string; tier: string; due_at: string | null; holder: { name: string } }

const round = (value: number): number => Math.round(value * 10) / 10

/** What a watching page knows of its line. Pure. */
export function diagnosed(sight: Sight): Diagnosis {
  const quality = sight.line?.quality
  const plain: Diagnosis = { going: goingOn(sight), online: sight.online }
  if (!quality) return plain
  const rtt = quality.rtt === null ? {} : { rtt_ms: round(quality.rtt) }
  return { ...plain, ...rtt, loss_percent: round(quality.loss * 100), down_kbps: round(quality.kbps), picture_height: quality.height, audible: quality.audible }
}

export function askHelp(api: Api, body: { kind: Fault; words: string; lesson_id: string | null; diagnosis: Diagnosis }): Promise<Asked> {
  return api.post('/api/tickets', { ...body, diagnosis: { ...body.diagnosis, browser: navigator.userAgent.slice(0, 300) } })
}

export const tierWord = (tier: string): string => t(`tier.${tier as 'school'}`)
