import { type Ref, shallowRef } from 'vue'
import { Problem } from '../shared/api'
import { SignIn } from '../shared/session'
import type { Credentials, Pairing, PairingState, Person } from '../shared/shapes'

/** How a screen gets in: by its key without any typing, else by pairing or by an account. */
export type Entrance =
  | { name: 'opening'; problem: string }
  | { name: 'pairing'; code: string; problem: string }
  | { name: 'in'; person: Person }

const KEY = 'songjiao.room.key'
const LOOK_EVERY = 2_000
const TRY_AGAIN = 4_000

const pause = (milliseconds: number) => new Promise((resolve) => setTimeout(resolve, milliseconds))

export class Door {
  readonly state: Ref<Entrance> = shallowRef<Entrance>({ name: 'opening', problem: '' })
  private readonly account = new SignIn('room', localStorage, () => void this.enter())
  private pairing: Pairing | null = null

  constructor(private readonly revoked: () => string) {
    keepKeyFromAddress()
  }

  get api(): SignIn['api'] {
    return this.account.api
  }

  /** Opens by the session in hand, else by the device's key, else shows a pairing code. */
  async enter(): Promise<void> {
    const session = this.account.session
    if (session) return this.welcome(session.person)
    const key = localStorage.getItem(KEY)
    if (key) return this.enterByKey(key)
    return this.pair('')
  }

  /** For the form beside the code; rejects with the Problem to show. */
  async signIn(credentials: Credentials): Promise<void> {
    this.welcome((await this.account.signIn(credentials)).person)
  }

  /** Ends the sign-in and the pairing of this screen. */
  async leave(): Promise<void> {
    localStorage.removeItem(KEY)
    await this.account.signOut()
  }

  private welcome(person: Person): void {
    this.pairing = null
    this.state.value = { name: 'in', person }
  }

  /** Only a refusal ends the pairing; a server that does not answer is asked again, for as long as it takes. */
  private async enterByKey(key: string): Promise<void> {
    for (;;) {
      try {
        return await this.signIn({ device_key: key })
      } catch (error) {
        if (error instanceof Problem && error.status === 401) break
        this.state.value = { name: 'opening', problem: error instanceof Error ? error.message : '' }
        await pause(TRY_AGAIN)
      }
    }
    localStorage.removeItem(KEY)
    return this.pair(this.revoked())
  }

  private async pair(problem: string): Promise<void> {
    this.state.value = { name: 'pairing', code: '', problem }
    while (this.state.value.name === 'pairing') {
      try {
        await this.lookAtPairing(problem)
        await pause(LOOK_EVERY)
      } catch (error) {
        this.pairing = error instanceof Problem && error.status === 404 ? null : this.pairing
        const said = error instanceof Problem && error.status !== 404 ? error.message : problem
        if (this.state.value.name === 'pairing') this.state.value = { ...this.state.value, problem: said }
        await pause(TRY_AGAIN)
      }
    }
  }

  private async lookAtPairing(problem: string): Promise<void> {
    this.pairing ??= await this.api.post<Pairing>('/api/pairings')
    const { id, code, secret } = this.pairing
    if (this.state.value.name === 'pairing') this.state.value = { name: 'pairing', code, problem }
    const answer = await this.api.open(`/api/pairings/${id}`, { Authorization: `Pairing ${secret}` })
    const look = await answer.json() as PairingState
    if (!look.device_key || this.state.value.name !== 'pairing') return
    localStorage.setItem(KEY, look.device_key)
    await this.enterByKey(look.device_key)
  }
}

/** `#key=…` comes with a shortcut that a technician made; it is kept once and taken out of the address. */
function keepKeyFromAddress(): void {
  const key = new URLSearchParams(location.hash.slice(1)).get('key')
  if (!key) return
  localStorage.setItem(KEY, key)
  history.replaceState(null, '', location.pathname + location.search)
}
