/**
 * The messages of the lesson's socket and the one rule of what a client keeps. `classroom/PROTOCOL.md` tells the same in
 * words. Pure: no socket, no clock.
 */
export type Role = 'teacher' | 'classroom' | 'student' | 'observer' | 'equipment'
interface Numbered { seq: number; key: string }

export interface LessonFact extends Numbered {
  type: 'lesson'
  state: 'upcoming' | 'live' | 'ended'
  title: string | null
  teacher_name: string | null
  starts_at: string | null
  ends_at: string | null
  started_at: string | null
  ended_at: string | null
  shutdown_reason: string | null
}
export interface SlotFact extends Numbered {
  type: 'slot'
  slot: string
  live: boolean
  person: string | null
  name: string | null
  human: boolean
  room: string | null
  room_name: string | null
  audio: boolean
  video: boolean
  since: string | null
  relay: string
}
export interface LineFact extends Numbered {
  type: 'line'
  direction: 'receive' | 'send'
  person: string
  name: string
  role: Role
  room: string | null
  room_name: string | null
  connected: boolean
  /** Lost share of packets, 0 to 1. */
  loss: number
  delay_ms: number | null
  layer: string | null
  kbps: number
  state: 'ok' | 'weak' | 'down'
  codec: 'supported' | 'unsupported'
  relay: string
}
export interface PresenceFact extends Numbered {
  type: 'presence'
  name: string
  role: Role
  room: string | null
  room_name: string | null
  online: boolean
  since: string
}
export interface PausedFact extends Numbered { type: 'paused'; paused: boolean; by: string; since: string }
export interface MutedFact extends Numbered { type: 'muted'; slot: string; muted: boolean; by: string; since: string }
export interface RecordingFact extends Numbered { type: 'recording'; state: 'waiting' | 'on' | 'trouble'; slots: string[]; rooms?: boolean; since: string | null }
export interface RemoteFact extends Numbered { type: 'remote'; act: 'sound-on' | 'sound-off' | 'tone'; by: string; since: string }
export type Fact = LessonFact | SlotFact | LineFact | PresenceFact | PausedFact | MutedFact | RecordingFact | RemoteFact
export type FactType = Fact['type']

export interface You { key: string; person: string; name: string; role: Role; room: string | null; room_name: string | null }
export interface Whole { type: 'state'; seq: number; lesson: string; stage: 'live' | 'rehearsal'; you: You; at: string; facts: Fact[] }
export interface Gone extends Numbered { type: 'gone'; fact: FactType }
export interface Ping { type: 'ping'; seq: number; at: string }
export interface Refusal { type: 'problem'; code: string; detail_zh: string; detail_en: string; id: string | null }
export type FromServer = Whole | Fact | Gone | Ping | Refusal
export type FromClient =
  | { type: 'pong'; id?: string }
  | { type: 'pause'; paused: boolean; id?: string }
  | { type: 'mute'; slot: string; muted: boolean; id?: string }

/** All that a client knows of the lesson. `facts` is keyed by `type/key`. */
export interface Known {
  readonly seq: number
  readonly you: You | null
  readonly facts: ReadonlyMap<string, Fact>
}

export const NOTHING: Known = { seq: 0, you: null, facts: new Map() }
const FACTS: ReadonlySet<string> = new Set<FactType>(['lesson', 'slot', 'line', 'presence', 'paused', 'muted', 'recording', 'remote'])
const place = (type: string, key: string) => `${type}/${key}`

/** What is known after `message`. The same object comes back when the message changed nothing. */
export function learn(known: Known, message: FromServer): Known {
  if (message.type === 'state') return begin(message)
  if (message.type === 'ping') return message.seq > known.seq ? { ...known, seq: message.seq } : known
  if (message.type === 'gone') return replace(known, message.seq, place(message.fact, message.key), null)
  return FACTS.has(message.type) ? replace(known, (message as Fact).seq, place(message.type, (message as Fact).key), message as Fact) : known
}

function begin(whole: Whole): Known {
  const facts = whole.facts.filter((fact) => FACTS.has(fact.type)).map((fact) => [place(fact.type, fact.key), fact] as const)
  return { seq: whole.seq, you: whole.you, facts: new Map(facts) }
}

function replace(known: Known, seq: number, at: string, fact: Fact | null): Known {
  if (seq <= known.seq) return known
  const facts = new Map(known.facts)
  if (fact) facts.set(at, fact)
  else facts.delete(at)
  return { ...known, seq, facts }
}

/** The one fact of this type and key; `key` is empty for those of the whole lesson. */
export function factOf<T extends FactType>(known: Known, type: T, key = ''): Extract<Fact, { type: T }> | null {
  return (known.facts.get(place(type, key)) as Extract<Fact, { type: T }> | undefined) ?? null
}

/** All facts of one type, in the order of their keys, so that a list of them never jumps. */
export function factsOf<T extends FactType>(known: Known, type: T): Extract<Fact, { type: T }>[] {
  const found = [...known.facts.values()].filter((fact): fact is Extract<Fact, { type: T }> => fact.type === type)
  return found.sort((a, b) => (a.key < b.key ? -1 : 1))
}

/** The slots in which media is expected to flow now. */
export function liveSlots(known: Known): string[] {
  return factsOf(known, 'slot').filter((fact) => fact.live).map((fact) => fact.slot)
}

/** What a client does after the socket closed with `code` (the table at the end of PROTOCOL.md). */
export function afterClose(code: number): 'resume' | 'renew' | 'stop' | 'wait' {
  if (code === 4401 || code === 4402) return 'renew'
  if (code === 4403 || code === 4404 || code === 4406 || code === 4412 || code === 4413) return 'stop'
  return code === 4429 ? 'wait' : 'resume'
}
