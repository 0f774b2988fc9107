import { watch } from 'vue'
import { createRouter, createWebHistory, type RouteLocationNormalized, type RouteRecordRaw } from 'vue-router'
import { language } from '../shared/i18n'
import { accessRoutes } from './access/routes'
import { person, standing } from './account'
import { libraryRoutes } from './library/routes'
import { timetableRoutes } from './timetable/routes'
import { t } from './words'

type Key = Parameters<typeof t>[0]

const framed: RouteRecordRaw[] = [
  { path: '', name: 'today', component: () => import('./start/StartPage.vue'), meta: { title: 'frame.today' } },
  { path: 'lessons', name: 'lessons', component: () => import('./lessons/LessonsPage.vue'), meta: { title: 'lessons.title' } },
  { path: 'lessons/new', name: 'new-lesson', component: () => import('./lessons/NewLesson.vue'), meta: { title: 'form.title' } },
  { path: 'lessons/:id', name: 'lesson', component: () => import('./lessons/LessonsPage.vue'), meta: { title: 'lessons.title' } },
  { path: 'lessons/:id/edit', name: 'edit-lesson', component: () => import('./lessons/EditLesson.vue'), meta: { title: 'form.edit' } },
  { path: 'schools', name: 'schools', component: () => import('./places/SchoolsPage.vue'), meta: { title: 'schools.title' } },
  { path: 'rooms', name: 'rooms', component: () => import('./places/RoomsPage.vue'), meta: { title: 'rooms.title' } },
  { path: 'people', name: 'people', component: () => import('./people/PeoplePage.vue'), meta: { title: 'people.title' } },
  { path: 'tickets', name: 'tickets', component: () => import('./tickets/TicketsPage.vue'), meta: { title: 'tickets.title' } },
  { path: 'tickets/:id', name: 'ticket', component: () => import('./tickets/TicketsPage.vue'), meta: { title: 'tickets.title' } },
  { path: 'line-test', name: 'line-test', component: () => import('./linetest/LineTestPage.vue'), meta: { title: 'lineTest.title' } },
  { path: 'notices', name: 'notices', component: () => import('./notices/NoticesPage.vue'), meta: { title: 'notices.title' } },
  { path: 'devices', name: 'devices', component: () => import('./devices/DevicesPage.vue'), meta: { title: 'devices.title' } },
  { path: 'planning/needs', name: 'planning-needs', component: () => import('./planning/NeedsPage.vue'), meta: { title: 'frame.planning' } },
  { path: 'planning/plan', name: 'planning-plan', component: () => import('./planning/PlanPage.vue'), meta: { title: 'frame.planning' } },
  { path: 'planning/calendar', name: 'planning-calendar', component: () => import('./planning/CalendarPage.vue'), meta: { title: 'frame.planning' } },
  { path: 'planning/bells', name: 'planning-bells', component: () => import('./planning/BellsPage.vue'), meta: { title: 'frame.planning' } },
  { path: 'roster/places', name: 'roster-places', component: () => import('./roster/PlacesPage.vue'), meta: { title: 'frame.roster' } },
  { path: 'roster/classes', name: 'roster-classes', component: () => import('./roster/ClassesPage.vue'), meta: { title: 'frame.roster' } },
  { path: 'roster/promotion', name: 'roster-promotion', component: () => import('./roster/PromotionPage.vue'), meta: { title: 'frame.roster' } },
  { path: 'roster/imports', name: 'roster-imports', component: () => import('./roster/ImportsPage.vue'), meta: { title: 'frame.roster' } },
  { path: 'roster/lending', name: 'roster-lending', component: () => import('./roster/LendingPage.vue'), meta: { title: 'frame.roster' } },
  { path: 'invitations', name: 'invitations', component: () => import('./invitations/InvitationsPage.vue'), meta: { title: 'invitations.title' } },
  { path: 'walk', name: 'walk', component: () => import('./walk/WalkPage.vue'), meta: { title: 'walk.title' } },
  { path: 'reports', name: 'reports', component: () => import('./reports/ReportsPage.vue'), meta: { title: 'reports.title' } },
  { path: 'receptions', name: 'receptions', component: () => import('./reports/ReceptionsPage.vue'), meta: { title: 'receptions.title' } },
  { path: 'receptions/schools', name: 'reception-schools', component: () => import('./reports/ReceptionsPage.vue'), meta: { title: 'receptions.title' } },
  { path: 'portal', name: 'portal', component: () => import('./portal/PortalPage.vue'), meta: { title: 'frame.portal' } },
  { path: 'affairs/:module/:page?/:id?', name: 'affairs', component: () => import('./companions/CompanionPage.vue'), meta: { title: 'frame.portal' } },
]

export const router = createRouter({
  history: createWebHistory(),
  routes: [
    { path: '/signin', name: 'signin', component: () => import('./signin/SignInPage.vue'), meta: { title: 'signIn.title', open: true } },
    { path: '/signin/identity', name: 'identity', component: () => import('./signin/IdentityBack.vue'), meta: { title: 'signIn.title', open: true } },
    { path: '/invited', name: 'invited', component: () => import('./invitations/InvitedPage.vue'), meta: { title: 'start.enter', open: true } },
    { path: '/lessons/:id/teach', name: 'teach', component: () => import('./teach/TeachPage.vue'), meta: { title: 'start.enter' } },
    { path: '/relays', name: 'relays', component: () => import('./relays/RelayPage.vue'), meta: { title: 'relays.title' } },
    { path: '/', component: () => import('./parts/DeskFrame.vue'), children: [...framed, ...timetableRoutes, ...libraryRoutes, ...accessRoutes] },
    { path: '/:rest(.*)*', redirect: { name: 'today' } },
  ],
})

router.beforeEach((to) => {
  if (to.meta['open']) return true
  if (person.value && standing.value !== 'full' && to.name !== 'account') return { name: 'account' }
  if (person.value) return true
  return { name: 'signin', query: to.fullPath === '/' ? {} : { to: to.fullPath } }
})

function showTitle(to: RouteLocationNormalized): void {
  document.title = `${t(to.meta['title'] as Key)} · ${t('app.name')}`
}
router.afterEach(showTitle)
watch(language, () => showTitle(router.currentRoute.value))

// A sign-in that the server no longer knows, or that the person ended, leads back to the door and remembers the page.
watch(person, (now, before) => {
  const here = router.currentRoute.value
  if (now || !before || here.name === 'signin') return
  void router.push({ name: 'signin', query: here.fullPath === '/' ? {} : { to: here.fullPath } })
})
