import { iceLinks } from './sdp'

/** How long one request may take before it counts as unanswered, in milliseconds. */
const PATIENCE = 8_000

/** A door's refusal (RFC 9457), or code "network" with status 0 when nothing answered. */
export class Refused extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
    readonly document: Record<string, unknown> = {},
    readonly retryAfter: number | null = null,
  ) {
    super(said(document, 'detail') || code)
    this.name = 'Refused'
  }
}

/** What a problem document says: `detail_zh`, `detail_en`, or `detail` in the language of the request; empty without one. */
export function said(document: Record<string, unknown>, field: 'detail' | 'detail_zh' | 'detail_en'): string {
  const text = document[field] ?? document['detail'] ?? document['title']
  return typeof text === 'string' ? text : ''
}

export interface Answered {
  resource: SessionResource
  answer: string
  iceServers: RTCIceServer[]
}

/** One WHIP or WHEP session on the server: the address that `POST` gave, and what may be done with it (RFC 9725 §4). */
export class SessionResource {
  private constructor(
    readonly url: string,
    private readonly ticket: string,
    private etag: string | null,
  ) {}

  static async post(url: string, ticket: string, offer: string): Promise<Answered> {
    const response = await ask(url, 'POST', ticket, offer, { 'Content-Type': 'application/sdp' })
    if (response.status !== 201) throw await refusal(response)
    const location = response.headers.get('Location')
    if (!location) throw new Refused(201, 'no-location', { detail: 'The answer names no session address (Location).' })
    const resource = new SessionResource(new URL(location, response.url || url).toString(), ticket, response.headers.get('ETag'))
    return { resource, answer: await response.text(), iceServers: iceLinks(response.headers.get('Link')) }
  }

  /** Candidates found after the offer was sent. A server that has no use for them says 405 or 501, which is no fault. */
  async trickle(fragment: string): Promise<void> {
    await this.patch(fragment, this.etag)
  }

  /** Sends new ICE credentials; resolves to the server's fragment, or null when the server cannot restart this session. */
  async restart(fragment: string): Promise<string | null> {
    const response = await this.patch(fragment, '*')
    if (response.status !== 200) return null
    this.etag = response.headers.get('ETag') ?? this.etag
    return response.text()
  }

  /** Whether the server still knows this session. */
  async check(): Promise<'alive' | 'gone' | 'unreachable'> {
    try {
      const { status } = await ask(this.url, 'OPTIONS', this.ticket)
      return status === 404 || status === 410 ? 'gone' : 'alive'
    } catch {
      return 'unreachable'
    }
  }

  /** Ends the session, also while the page is being closed. */
  async delete(): Promise<void> {
    const headers = { Authorization: `Bearer ${this.ticket}` }
    await fetch(this.url, { method: 'DELETE', headers, keepalive: true }).catch(() => undefined)
  }

  private patch(fragment: string, match: string | null): Promise<Response> {
    const headers = { 'Content-Type': 'application/trickle-ice-sdpfrag', ...(match ? { 'If-Match': match } : {}) }
    return ask(this.url, 'PATCH', this.ticket, fragment, headers)
  }
}

async function ask(url: string, method: string, ticket: string, body?: string, extra: Record<string, string> = {}): Promise<Response> {
  const stop = new AbortController()
  const timer = setTimeout(() => stop.abort(), PATIENCE)
  try {
    const headers = { Authorization: `Bearer ${ticket}`, ...extra }
    return await fetch(url, { method, headers, body: body ?? null, signal: stop.signal })
  } catch {
    throw new Refused(0, 'network')
  } finally {
    clearTimeout(timer)
  }
}

async function refusal(response: Response): Promise<Refused> {
  const document: Record<string, unknown> = await response.json().catch(() => ({}))
  const after = Number(response.headers.get('Retry-After'))
  return new Refused(response.status, String(document['code'] ?? 'unknown'), document, after > 0 ? after * 1000 : null)
}
