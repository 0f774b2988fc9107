import { api } from '../account'

/** Leaving for another house's sign-on and coming back. What binds the return to this browser stays in this tab. */
type Errand = 'sign-in' | 'link'
interface Away { state: string; binding: string; errand: Errand }
const KEY = 'songjiao.identity'

export async function leave(errand: Errand): Promise<void> {
  const { address, state, binding } = await api.post<{ address: string; state: string; binding: string }>('/api/identity/requests')
  sessionStorage.setItem(KEY, JSON.stringify({ state, binding, errand }))
  location.assign(address)
}

/** What the server needs of the return; null when this tab did not leave. Good once. */
export function back(query: URLSearchParams): { errand: Errand; answer: { state: string; code: string; binding: string } } | null {
  const away = JSON.parse(sessionStorage.getItem(KEY) ?? 'null') as Away | null
  sessionStorage.removeItem(KEY)
  const [state, code] = [query.get('state'), query.get('code')]
  if (!away || !code || state !== away.state) return null
  return { errand: away.errand, answer: { state, code, binding: away.binding } }
}
