import type { RouteRecordRaw } from 'vue-router'
import type { RoleName } from '../account'
import type { IconName } from '../parts/icons'
import type { t } from '../words'

/** The pages of one's own account, of the security and audit administrators, of minors' protection and of operation. */
export const accessRoutes: RouteRecordRaw[] = [
  { path: 'account', name: 'account', component: () => import('./AccountPage.vue'), meta: { title: 'frame.account' } },
  { path: 'audit', name: 'audit', component: () => import('./AuditPage.vue'), meta: { title: 'frame.audit' } },
  { path: 'security', name: 'security', component: () => import('./SecurityPage.vue'), meta: { title: 'frame.security' } },
]

export interface AccessEntry { to: string; icon: IconName; word: Parameters<typeof t>[0]; here: RegExp; offered: boolean }

export function accessEntries(role: RoleName | null): AccessEntry[] {
  return [
    { to: '/audit', icon: 'shield', word: 'frame.audit', here: /^\/audit/, offered: role === 'auditor' },
    { to: '/security', icon: 'key', word: 'frame.security', here: /^\/security/, offered: role === 'security' },
  ]
}
