import type { RouteRecordRaw } from 'vue-router'

/** The delivery timetable: the week that holds, drafts and what was published, rules, calendars' addresses. */
export const timetableRoutes: RouteRecordRaw[] = [
  { path: 'timetable', name: 'timetable-week', component: () => import('./WeekPage.vue'), meta: { title: 'frame.timetable' } },
  { path: 'timetable/drafts', name: 'timetable-drafts', component: () => import('./DraftsPage.vue'), meta: { title: 'frame.timetable' } },
  { path: 'timetable/compare', name: 'timetable-compare', component: () => import('./ComparePage.vue'), meta: { title: 'frame.timetable' } },
  { path: 'timetable/drafts/:id', name: 'timetable-draft', component: () => import('./DraftPage.vue'), meta: { title: 'frame.timetable' } },
  { path: 'timetable/drafts/:id/publish', name: 'timetable-publish', component: () => import('./PublishPage.vue'), meta: { title: 'frame.timetable' } },
  { path: 'timetable/versions', name: 'timetable-versions', component: () => import('./VersionsPage.vue'), meta: { title: 'frame.timetable' } },
  { path: 'timetable/rates', name: 'timetable-rates', component: () => import('./RatesPage.vue'), meta: { title: 'frame.timetable' } },
  { path: 'timetable/rules', name: 'timetable-rules', component: () => import('./RulesPage.vue'), meta: { title: 'frame.timetable' } },
  { path: 'timetable/feeds', name: 'timetable-feeds', component: () => import('./FeedsPage.vue'), meta: { title: 'frame.timetable' } },
]
