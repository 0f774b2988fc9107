/** Where a number of the dashboard leads: the rows that it counted. Pure. */
import type { LocationQueryRaw, RouteLocationRaw } from 'vue-router'
import type { components } from '../../shared/api-types'
import { either } from '../../shared/i18n'

export type County = components['schemas']['CountyFigures']
export type Figure = 'planned' | 'held' | 'live' | 'shut_down' | 'schools' | 'rooms' | 'tickets' | 'closed' | 'waiting'

/** The id of the row of totals, which is of every place of the asker. */
export const WHOLE = '00000000-0000-0000-0000-000000000000'
const PAGE: Partial<Record<Figure, string>> = { tickets: 'tickets', closed: 'tickets', waiting: 'tickets', schools: 'reception-schools', rooms: 'receptions' }
const MORE: Partial<Record<Figure, LocationQueryRaw>> = {
  held: { fate: 'begun' }, shut_down: { fate: 'shut_down' }, live: { state: 'live' }, closed: { state: 'closed' }, waiting: { state: 'unclosed' },
}

export function behind(row: Pick<County, 'id' | 'name' | 'name_en'>, figure: Figure, day: string, until: string): RouteLocationRaw {
  const place = row.id === WHOLE ? {} : { place: row.id, name: either(row.name, row.name_en) }
  return { name: PAGE[figure] ?? 'lessons', query: { day, ...(until === day ? {} : { until }), ...place, ...MORE[figure] } }
}
