import { computed, shallowRef } from 'vue'
import { Api } from '../shared/api'
import { SignIn } from '../shared/session'
import type { Person } from '../shared/shapes'

/** Who sits at this desk. A sign-in ends with the tab, unless the person says that the computer is hers alone. */
let current = stored()
export const person = shallowRef<Person | null>(current.session?.person ?? null)
export const api = new Api(() => current.session?.access_token ?? null, () => current.forget())

function keepIn(store: Storage): SignIn {
  return new SignIn('desk', store, () => { person.value = null })
}

function stored(): SignIn {
  const mine = keepIn(localStorage)
  return mine.session ? mine : keepIn(sessionStorage)
}

export async function signIn(username: string, password: string, onlyMine: boolean): Promise<void> {
  current = keepIn(onlyMine ? localStorage : sessionStorage)
  person.value = (await current.signIn({ username, password })).person
}

export async function signOut(): Promise<void> {
  await current.signOut()
}

export type RoleName = 'admin' | 'bureau' | 'teacher' | 'assistant' | 'student' | 'room' | 'demo_teacher'
  | 'hospital' | 'insurer' | 'police' | 'guardian' | 'gateway'

/** The role that decides what the frame offers: the widest one the person has. */
const WIDEST: readonly RoleName[] = [
  'admin', 'bureau', 'teacher', 'assistant', 'demo_teacher', 'insurer', 'hospital', 'police', 'guardian', 'student', 'room', 'gateway',
]

export const mainRole = computed(() => {
  const mine = person.value?.roles ?? []
  const name = WIDEST.find((role) => mine.some((each) => each.role === role))
  return mine.find((each) => each.role === name) ?? null
})
export const roleName = computed(() => (mainRole.value?.role ?? null) as RoleName | null)
export const plans = computed(() => roleName.value === 'admin' || roleName.value === 'bureau')
export const teaches = computed(() => (person.value?.roles ?? []).some((each) => each.role === 'teacher'))
export const pairs = computed(() => plans.value || roleName.value === 'teacher' || roleName.value === 'assistant')
