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

/** Milliseconds in which an answer is there whole; after that the line counts as dead, and the page offers another try. */
const PATIENCE = 60_000
/** For what is large: a sheet that somebody filled in, a table to take away. */
const LONG_PATIENCE = 600_000

export class Api {
  /** `token` is asked anew for each request; `signedOut` is told when the server no longer knows the token. */
  constructor(
    private readonly token: () => string | null,
    private readonly signedOut: () => void = () => undefined,
  ) {}

  get<Answer>(path: string, query: Query = {}): Promise<Answer> {
    return this.call('GET', path + search(query))
  }
  post<Answer>(path: string, body?: unknown, patience?: number): Promise<Answer> {
    return this.call('POST', path, body, patience)
  }
  patch<Answer>(path: string, body: unknown): Promise<Answer> {
    return this.call('PATCH', path, body)
  }
  put<Answer>(path: string, body?: unknown, patience?: number): Promise<Answer> {
    return this.call('PUT', path, body, patience)
  }
  delete<Answer>(path: string): Promise<Answer> {
    return this.call('DELETE', path)
  }

  /** A file behind the sign-in. */
  blob(path: string): Promise<Blob> {
    return bounded(LONG_PATIENCE, async (signal) => (await this.asked('GET', path, { signal })).blob())
  }

  /** The answer as it comes, with headers more; only its beginning is waited for. A 401 may be of a ticket among them. */
  open(path: string, headers: Record<string, string>, patience = PATIENCE): Promise<Response> {
    return bounded(patience, (signal) => this.asked('GET', path, { headers, signal }))
  }

  private call<Answer>(method: Method, path: string, body?: unknown, patience = isFile(body) ? LONG_PATIENCE : PATIENCE): Promise<Answer> {
    return bounded(patience, async (signal) => {
      const response = await this.asked(method, path, { body, signal })
      return (response.status === 204 ? undefined : await response.json()) as Answer
    }).catch((problem: Problem) => {
      if (problem.status === 401 && this.token()) this.signedOut()
      throw problem
    })
  }

  /** The server's answer. Raises the Problem that it tells. */
  private async asked(method: Method, path: string, { body, headers, signal }: Asking): Promise<Response> {
    const token = this.token()
    const all: Record<string, string> = { Accept: 'application/json', 'Accept-Language': language.value, ...(token ? { Authorization: `Bearer ${token}` } : {}), ...headers }
    if (body !== undefined && !isFile(body)) all['Content-Type'] = 'application/json'
    const sent = body === undefined ? null : isFile(body) ? body : JSON.stringify(body)
    const response = await fetch(path, { method, headers: all, body: sent, signal })
    heedServerClock(response.headers.get('Date'))
    if (response.ok) return response
    throw await readProblem(response)
  }
}

interface Asking { body?: unknown; headers?: Record<string, string>; signal: AbortSignal }

const isFile = (body: unknown): body is FormData | Blob => body instanceof FormData || body instanceof Blob

/** Breaks the request off when its time is over. Whatever keeps an answer from being there whole is a problem of the network. */
async function bounded<Answer>(patience: number, work: (signal: AbortSignal) => Promise<Answer>): Promise<Answer> {
  const stop = new AbortController()
  const timer = setTimeout(() => { stop.abort() }, patience)
  try {
    return await work(stop.signal)
  } catch (error) {
    throw error instanceof Problem ? error : new Problem(0, 'network', shared('problem.network'))
  } finally {
    clearTimeout(timer)
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
