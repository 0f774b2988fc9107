import type { Module } from '../module'
import { t } from './words'

const OFFICES = ['admin', 'bureau', 'insurer'] as const
const marks = { applied: 'live', approved: 'ok', refused: 'down', revoked: 'idle' } as const
const ends = ['approved', 'refused', 'revoked']

export const exchange: Module = {
  name: 'exchange',
  title: () => t('title'),
  registers: [
    {
      path: 'datasets', title: () => t('datasets'), note: () => t('datasets.note'), empty: () => t('datasets.empty'), roles: OFFICES,
      shown: ['title', 'code', 'place_id', 'share_class', 'store'], wide: ['code', 'store'], content: () => import('./DatasetPart.vue'),
    },
    {
      path: 'shares', title: () => t('shares'), note: () => t('shares.note'), empty: () => t('shares.empty'), roles: OFFICES, marks, ends,
      shown: ['dataset_id', 'for_place_id', 'purpose', 'until'], wide: ['purpose'], content: () => import('./SharePart.vue'),
    },
    {
      path: 'applications', title: () => t('applications'), note: () => t('applications.note'), empty: () => t('applications.empty'), roles: OFFICES, marks, ends,
      shown: ['dataset_id', 'for_place_id', 'purpose', 'until'], wide: ['purpose'], content: () => import('./SharePart.vue'),
    },
  ],
  extras: [],
}
