import { computed, shallowRef } from 'vue'
import { Api } from '../shared/api'
import { SignIn } from '../shared/session'
import type { Person, Session } from '../shared/shapes'

/** Who sits at this desk. A sign-in ends with the tab, unless the person says that the computer is hers alone. */
let current = stored()
export const person = shallowRef<Person | null>(current.session?.person ?? null)
/** For what asks by itself, as a player does. */
export const authorization = (): string => `Bearer ${current.session?.access_token ?? ''}`
export const api = new Api(() => current.session?.access_token ?? null, () => current.forget())

function keepIn(store: Storage): SignIn {
  return new SignIn('desk', store, () => { person.value = null })
}

function stored(): SignIn {
  const mine = keepIn(localStorage)
  return mine.session ? mine : keepIn(sessionStorage)
}

/** How far the sign-in has come: before it is whole, only the account's own page opens. */
export const standing = shallowRef(current.session?.standing ?? 'full')

export async function signIn(username: string, password: string, onlyMine: boolean, code: string | null = null): Promise<void> {
  current = keepIn(onlyMine ? localStorage : sessionStorage)
  came(await current.signIn({ username, password, code }))
}

/** A sign-in through another house: the page came back with a code, and kept what binds it to this browser. */
export async function signInBack(answer: { state: string; code: string; binding: string }): Promise<void> {
  current = keepIn(sessionStorage)
  came(current.take(await api.post<Session>('/api/identity/sessions', answer)))
}

export function becameWhole(): void {
  current.whole()
  standing.value = 'full'
}

function came(session: Session): void {
  standing.value = session.standing
  person.value = session.person
}

export async function signOut(): Promise<void> {
  await current.signOut()
}

export type RoleName = 'admin' | 'bureau' | 'teacher' | 'assistant' | 'student' | 'room' | 'demo_teacher'
  | 'hospital' | 'insurer' | 'police' | 'guardian' | 'gateway' | 'security' | 'auditor'

/** The role that decides what the frame offers: the widest one the person has. */
const WIDEST: readonly RoleName[] = [
  'admin', 'bureau', 'teacher', 'assistant', 'demo_teacher', 'insurer', 'hospital', 'police', 'guardian', 'student', 'room', 'gateway', 'security', 'auditor',
]

export const mainRole = computed(() => {
  const mine = [...(person.value?.roles ?? []), ...(person.value?.lent ?? [])]
  const name = WIDEST.find((role) => mine.some((each) => each.role === role))
  return mine.find((each) => each.role === name) ?? null
})
export const roleName = computed(() => (mainRole.value?.role ?? null) as RoleName | null)
export const plans = computed(() => roleName.value === 'admin' || roleName.value === 'bureau')
export const teaches = computed(() => (person.value?.roles ?? []).some((each) => each.role === 'teacher'))
export const assists = computed(() => (person.value?.roles ?? []).some((each) => each.role === 'assistant'))
export const pairs = computed(() => plans.value || roleName.value === 'teacher' || roleName.value === 'assistant')
export const reads = computed(() => ['admin', 'bureau', 'teacher', 'assistant', 'student', 'room'].includes(roleName.value ?? ''))
