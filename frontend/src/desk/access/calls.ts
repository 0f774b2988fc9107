import { clockOf, dayOf } from '../../shared/time'

export interface Named { id: string; name: string }
export interface SessionLine {
  id: string
  created_at: string
  expires_at: string
  address: string | null
  agent: string | null
  device: boolean
  here: boolean
  person?: Named
}

/** "2026-11-22 17:40", on the prefecture's clock. */
export function when(moment: string): string {
  const at = new Date(moment)
  return `${dayOf(at)} ${clockOf(at)}`
}
