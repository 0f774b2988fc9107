import { Api } from './api'
import type { Credentials, Session } from './shapes'

const KEY = 'songjiao.session'

/** Each page keeps its own sign-in (`page`), so a teacher's desk and a room's screen can share one browser. No cookie. */
export class SignIn {
  readonly api: Api
  private current: Session | null

  constructor(
    private readonly page: 'desk' | 'room' | 'pupil',
    private readonly store: Storage,
    private readonly signedOut: () => void = () => undefined,
  ) {
    this.current = read(store, `${KEY}.${page}`)
    this.api = new Api(() => this.current?.access_token ?? null, () => this.forget())
  }

  get session(): Session | null {
    return this.current
  }

  /** Takes a sign-in that was opened elsewhere, as through another house. */
  take(session: Session): Session {
    this.keep(session)
    return session
  }

  /** The server has taken the second factor. */
  whole(): void {
    if (this.current) this.keep({ ...this.current, standing: 'full' })
  }

  async signIn(credentials: Credentials): Promise<Session> {
    this.keep(await this.api.post<Session>('/api/sessions', credentials))
    return this.current as Session
  }

  /** Tells the server, and forgets here even when the server cannot be reached. */
  async signOut(): Promise<void> {
    await this.api.delete('/api/sessions/current').catch(() => undefined)
    this.forget()
  }

  forget(): void {
    this.current = null
    this.store.removeItem(`${KEY}.${this.page}`)
    this.signedOut()
  }

  private keep(session: Session): void {
    this.current = session
    this.store.setItem(`${KEY}.${this.page}`, JSON.stringify(session))
  }
}

function read(store: Storage, key: string): Session | null {
  try {
    return JSON.parse(store.getItem(key) ?? 'null') as Session | null
  } catch {
    return null
  }
}
