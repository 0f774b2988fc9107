import type { RouteRecordRaw } from 'vue-router'

/** The library's pages: finding, sending, one resource, the review desk, master teachers, series, keeping. */
export const libraryRoutes: RouteRecordRaw[] = [
  { path: 'library', name: 'library', component: () => import('./LibraryPage.vue'), meta: { title: 'frame.library' } },
  { path: 'library/upload', name: 'upload', component: () => import('./UploadPage.vue'), meta: { title: 'frame.library' } },
  { path: 'library/review', name: 'review', component: () => import('./ReviewPage.vue'), meta: { title: 'frame.library' } },
  { path: 'library/teachers', name: 'masters', component: () => import('./MastersPage.vue'), meta: { title: 'frame.library' } },
  { path: 'library/teachers/:id', name: 'master', component: () => import('./MasterPage.vue'), meta: { title: 'frame.library' } },
  { path: 'library/series', name: 'series', component: () => import('./SeriesListPage.vue'), meta: { title: 'frame.library' } },
  { path: 'library/series/:id', name: 'oneSeries', component: () => import('./SeriesPage.vue'), meta: { title: 'frame.library' } },
  { path: 'library/keeping', name: 'keeping', component: () => import('./KeepingPage.vue'), meta: { title: 'frame.library' } },
  { path: 'library/:id', name: 'resource', component: () => import('./ResourcePage.vue'), meta: { title: 'frame.library' } },
]
