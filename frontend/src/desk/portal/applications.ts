/** Where the applications of the server's catalogue are on the desk. One without a page here is left out. */
import type { RouteLocationRaw } from 'vue-router'
import type { IconName } from '../parts/icons'

export interface Application { icon: IconName; to: RouteLocationRaw }

const affairs = (module: string): RouteLocationRaw => ({ name: 'affairs', params: { module } })

export const APPLICATIONS: Readonly<Record<string, Application>> = {
  lessons: { icon: 'calendar', to: '/lessons' },
  library: { icon: 'file', to: '/library' },
  timetable: { icon: 'calendar', to: '/timetable' },
  schools: { icon: 'buildings', to: '/schools' },
  roster: { icon: 'users', to: '/roster' },
  relays: { icon: 'tree', to: '/relays' },
  devices: { icon: 'screen', to: '/devices' },
  tickets: { icon: 'help', to: '/tickets' },
  walk: { icon: 'eye', to: '/walk' },
  reports: { icon: 'report', to: '/reports' },
  lists: { icon: 'list', to: affairs('lists') },
  exchange: { icon: 'swap', to: affairs('exchange') },
  settlement: { icon: 'report', to: affairs('settlement') },
  bracelets: { icon: 'pin', to: affairs('bracelets') },
  audit: { icon: 'search', to: '/audit' },
}
