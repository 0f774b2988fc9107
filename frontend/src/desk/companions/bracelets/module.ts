import type { Module } from '../module'
import { t } from './words'

const POLICE = ['police'] as const

export const bracelets: Module = {
  name: 'bracelets',
  title: () => t('title'),
  registers: [
    {
      path: 'cases', title: () => t('cases'), note: () => t('cases.note'), empty: () => t('cases.empty'), roles: POLICE,
      shown: ['child_id', 'reason', 'reported_by', 'created_at', 'expires_at'], wide: ['reported_by', 'created_at'], marks: { open: 'live', closed: 'done' }, ends: ['closed'],
      content: () => import('./CasePart.vue'),
    },
    { path: 'children', title: () => t('children'), note: () => t('children.note'), empty: () => t('children.empty'), roles: POLICE, shown: ['name', 'born', 'guardian_id', 'place_id'], content: () => import('./ChildPart.vue') },
    { path: 'bracelets', title: () => t('bracelets'), note: () => t('bracelets.note'), empty: () => t('bracelets.empty'), roles: POLICE, shown: ['number', 'child_id', 'place_id'], content: () => import('./BindPart.vue') },
  ],
  extras: [
    { path: 'own', title: () => t('own'), roles: ['guardian'], page: () => import('./OwnPage.vue') },
    { path: 'map', title: () => t('map'), roles: [], page: () => import('./MapPage.vue') },
  ],
}
