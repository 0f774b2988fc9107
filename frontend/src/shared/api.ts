import { language } from './i18n'
import { heedServerClock } from './time'
import { shared } from './words'

/**
 * One client for the JSON API. Every refusal arrives as a Problem, whose `message` can be shown as it stands.
 *
 *   Problem            status ≥ 400: the server's problem document (RFC 9457)
 *   └─ code "network"  status 0: no answer at all
 */
export class Problem extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
    message: string,
    /** The whole document, with what the server adds (for example `tries_left`). */
    readonly document: Record<string, unknown> = {},
  ) {
    super(message)
    this.name = 'Problem'
  }
}

export interface Page<Item> {
  items: Item[]
  total: number
  next: string | null
}

type Method = 'GET' | 'POST' | 'PATCH' | 'PUT' | 'DELETE'
type Query = Record<string, string | number | boolean | null | undefined>

export class Api {
  /** `token` is asked anew for each request; `signedOut` is told when the server no longer knows the token. */
  constructor(
    private readonly token: () => string | null,
    private readonly signedOut: () => void = () => undefined,
  ) {}

  get<Answer>(path: string, query: Query = {}): Promise<Answer> {
    return this.call('GET', path + search(query))
  }
  post<Answer>(path: string, body?: unknown): Promise<Answer> {
    return this.call('POST', path, body)
  }
  patch<Answer>(path: string, body: unknown): Promise<Answer> {
    return this.call('PATCH', path, body)
  }
  put<Answer>(path: string, body?: unknown): Promise<Answer> {
    return this.call('PUT', path, body)
  }
  delete<Answer>(path: string): Promise<Answer> {
    return this.call('DELETE', path)
  }

  /** A file behind the sign-in. */
  async blob(path: string): Promise<Blob> {
    const response = await this.send('GET', path, undefined)
    if (!response.ok) throw await readProblem(response)
    return response.blob()
  }

  /** The answer as it comes, with a header more. */
  async open(path: string, header: Record<string, string>): Promise<Response> {
    const response = await this.send('GET', path, undefined, undefined, header)
    if (!response.ok) throw await readProblem(response)
    return response
  }

  async call<Answer>(method: Method, path: string, body?: unknown, authorization?: string): Promise<Answer> {
    const response = await this.send(method, path, body, authorization)
    if (response.ok) return (response.status === 204 ? undefined : await response.json()) as Answer
    const problem = await readProblem(response)
    if (response.status === 401 && !authorization && this.token()) this.signedOut()
    throw problem
  }

  private async send(method: Method, path: string, body: unknown, authorization?: string, more: Record<string, string> = {}): Promise<Response> {
    const headers: Record<string, string> = { Accept: 'application/json', 'Accept-Language': language.value, ...more }
    const token = this.token()
    if (authorization ?? token) headers['Authorization'] = authorization ?? `Bearer ${token}`
    const raw = body instanceof FormData || body instanceof Blob
    if (body !== undefined && !raw) headers['Content-Type'] = 'application/json'
    try {
      const response = await fetch(path, { method, headers, body: body === undefined ? null : raw ? body : JSON.stringify(body) })
      heedServerClock(response.headers.get('Date'))
      return response
    } catch {
      throw new Problem(0, 'network', shared('problem.network'))
    }
  }
}

/** `?a=1&b=2` of the values that are there; the empty string when none is. */
export function search(query: Query): string {
  const pairs = Object.entries(query).filter(([, value]) => value !== undefined && value !== null && value !== '')
  return pairs.length ? `?${new URLSearchParams(pairs.map(([key, value]) => [key, String(value)])).toString()}` : ''
}

export async function readProblem(response: Response): Promise<Problem> {
  const said: Record<string, unknown> = await response.json().catch(() => ({}))
  const own = said[language.value === 'en' ? 'detail_en' : 'detail_zh'] ?? said['detail'] ?? said['title']
  const message = typeof own === 'string' ? own : shared('problem.unknown', { status: response.status })
  return new Problem(response.status, typeof said['code'] === 'string' ? said['code'] : 'unknown', message, said)
}
