import type { RouteRecordRaw } from 'vue-router'
import type { RoleName } from '../account'
import type { IconName } from '../parts/icons'
import type { t } from '../words'

/** The pages of one's own account, of the security and audit administrators, of minors' protection and of operation. */
export const accessRoutes: RouteRecordRaw[] = [
  { path: 'account', name: 'account', component: () => import('./AccountPage.vue'), meta: { title: 'frame.account' } },
  { path: 'audit', name: 'audit', component: () => import('./AuditPage.vue'), meta: { title: 'frame.audit' } },
  { path: 'children', name: 'children', component: () => import('./ChildrenPage.vue'), meta: { title: 'frame.children' } },
  { path: 'help', name: 'help-wanted', component: () => import('./ReportsPage.vue'), meta: { title: 'frame.reports' } },
  { path: 'status', name: 'status', component: () => import('./StatusPage.vue'), meta: { title: 'frame.status' } },
  { path: 'security', name: 'security', component: () => import('./SecurityPage.vue'), meta: { title: 'frame.security' } },
]

export interface AccessEntry { to: string; icon: IconName; word: Parameters<typeof t>[0]; here: RegExp; offered: boolean }

export function accessEntries(role: RoleName | null): AccessEntry[] {
  const keeps = role === 'admin' || role === 'bureau'
  return [
    { to: '/children', icon: 'heart', word: 'frame.children', here: /^\/children/, offered: keeps || role === 'guardian' },
    { to: '/help', icon: 'siren', word: 'frame.reports', here: /^\/help/, offered: role !== 'auditor' && role !== 'security' },
    { to: '/audit', icon: 'shield', word: 'frame.audit', here: /^\/audit/, offered: role === 'auditor' },
    { to: '/security', icon: 'key', word: 'frame.security', here: /^\/security/, offered: role === 'security' },
    { to: '/status', icon: 'pulse', word: 'frame.status', here: /^\/status/, offered: role === 'admin' },
  ]
}
