import type { Module } from '../module'
import { t } from './words'

const INSURER = ['insurer'] as const

export const settlement: Module = {
  name: 'settlement',
  title: () => t('title'),
  registers: [
    {
      path: 'settlements', title: () => t('settlements'), note: () => t('settlements.note'), empty: () => t('settlements.empty'), roles: INSURER,
      shown: ['number', 'insured_id', 'place_id', 'region', 'day', 'total', 'fund'], wide: ['place_id', 'day'],
      marks: { settled: 'ok', reversed: 'idle' }, content: () => import('./StatementPart.vue'),
    },
    { path: 'reconciliations', title: () => t('reconciliations'), note: () => t('reconciliations.note'), empty: () => t('reconciliations.empty'), roles: INSURER, shown: ['month', 'region', 'ours_fund', 'theirs_fund', 'differing'], content: () => import('./DifferencesPart.vue') },
    { path: 'filings', title: () => t('filings'), note: () => t('filings.note'), empty: () => t('filings.empty'), roles: INSURER, shown: ['insured_id', 'region', 'kind', 'starts', 'ends'], wide: ['kind'], marks: { valid: 'ok', withdrawn: 'idle' }, ends: ['valid', 'withdrawn'] },
    { path: 'encounters', title: () => t('encounters'), note: () => t('encounters.note'), empty: () => t('encounters.empty'), roles: INSURER, shown: ['insured_id', 'hospital_id', 'admitted', 'discharged', 'place_id'], wide: ['place_id'], marks: { open: 'live', settled: 'ok' } },
    { path: 'insured', title: () => t('insured'), note: () => t('insured.note'), empty: () => t('insured.empty'), roles: INSURER, shown: ['name', 'card', 'scheme', 'place_id', 'valid_from', 'valid_to'], wide: ['valid_from'] },
    { path: 'policies', title: () => t('policies'), note: () => t('policies.note'), empty: () => t('policies.empty'), roles: INSURER, shown: ['scheme', 'valid_from', 'valid_to', 'deductible', 'cap'], content: () => import('./PolicyPart.vue') },
    { path: 'catalogue', title: () => t('catalogue'), note: () => t('catalogue.note'), empty: () => t('catalogue.empty'), roles: INSURER, shown: ['name', 'code', 'fee_class', 'region', 'valid_from'], wide: ['valid_from'] },
    { path: 'hospitals', title: () => t('hospitals'), note: () => t('hospitals.note'), empty: () => t('hospitals.empty'), roles: INSURER, shown: ['name', 'code', 'region', 'connected'] },
    { path: 'connections', title: () => t('connections'), note: () => t('connections.note'), empty: () => t('connections.empty'), roles: INSURER, shown: ['name', 'region', 'valid_from', 'valid_to'] },
  ],
  extras: [
    { path: 'window', title: () => t('window'), roles: ['hospital'], page: () => import('./WindowPage.vue') },
    { path: 'reconcile', title: () => t('reconcile'), roles: INSURER, page: () => import('./ReconcilePage.vue') },
  ],
}
