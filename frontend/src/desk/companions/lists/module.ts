import type { Module } from '../module'
import { t } from './words'

const OFFICES = ['admin', 'bureau'] as const

export const lists: Module = {
  name: 'lists',
  title: () => t('title'),
  registers: [
    {
      path: 'items', title: () => t('items'), note: () => t('items.note'), empty: () => t('items.empty'), roles: OFFICES,
      shown: ['title', 'programme', 'place_id', 'owner_id', 'starts', 'due'], wide: ['programme', 'starts'],
      marks: { open: 'idle', submitted: 'live', closed: 'done' }, ends: ['closed'],
    },
  ],
  extras: [{ path: 'wall', title: () => t('wall'), roles: OFFICES, page: () => import('./WallPage.vue') }],
}
