/** A form drawn from JSON Schema (2020-12), as far as the server's bodies use it. Pure. */
export interface Schema {
  type?: string
  title?: string
  format?: string
  enum?: readonly string[]
  anyOf?: readonly Schema[]
  items?: Schema
  properties?: Record<string, Schema>
  required?: readonly string[]
  default?: unknown
  maxLength?: number
  $ref?: string
  $defs?: Record<string, Schema>
  'x-title-en'?: string
  'x-find'?: string
  'x-shown'?: string
  'x-choices'?: Record<string, readonly [string, string]>
}

export type Kind = 'find' | 'choice' | 'day' | 'clock' | 'yes' | 'number' | 'amount' | 'words' | 'lines' | 'group' | 'long' | 'text'

/** With references followed, and without the null that "may be left out" adds. */
export function plain(schema: Schema, defs: Record<string, Schema>): Schema {
  const some = schema.anyOf?.filter((each) => each.type !== 'null')
  const one = some?.length === 1 || amount(some) ? some?.[0] : undefined
  const followed = schema.$ref ? defs[schema.$ref.replace(/^.*\//, '')] : one
  return followed ? { ...plain(followed, defs), ...(amount(some) ? { format: 'amount' } : {}), ...own(schema) } : schema
}

/** A decimal is announced as "a number or a text": it is sent as a text, so that nothing is rounded. */
function amount(some: readonly Schema[] | undefined): boolean {
  return some?.length === 2 && some[0]?.type === 'number' && some[1]?.type === 'string'
}

function own(schema: Schema): Schema {
  const { anyOf: _, $ref: __, ...rest } = schema
  return rest
}

const BY_FORMAT: Record<string, Kind> = { date: 'day', time: 'clock', amount: 'amount' }
const BY_TYPE: Record<string, Kind> = { boolean: 'yes', integer: 'number', number: 'number', object: 'group' }
const LONG = 200

export function kindOf(schema: Schema): Kind {
  if (schema['x-find']) return 'find'
  if (schema.enum) return 'choice'
  if (schema.format && BY_FORMAT[schema.format]) return BY_FORMAT[schema.format] as Kind
  if (schema.type === 'array') return schema.items?.type === 'string' ? 'words' : 'lines'
  if (schema.type && BY_TYPE[schema.type]) return BY_TYPE[schema.type] as Kind
  return (schema.maxLength ?? 0) > LONG ? 'long' : 'text'
}

export type Values = Record<string, unknown>

/** What a new form holds before anybody typed. */
export function empty(schema: Schema, defs: Record<string, Schema>): unknown {
  const one = plain(schema, defs)
  const kind = kindOf(one)
  if (kind === 'group') return Object.fromEntries(Object.entries(one.properties ?? {}).map(([name, part]) => [name, empty(part, defs)]))
  if (kind === 'lines') return [empty(one.items ?? {}, defs)]
  if (kind === 'words') return []
  if (kind === 'yes') return one.default ?? false
  return typeof one.default === 'string' || typeof one.default === 'number' ? String(one.default) : ''
}

/** What is sent: without what was left empty, numbers as numbers, all else as it was typed. */
export function sent(schema: Schema, value: unknown, defs: Record<string, Schema>): unknown {
  const one = plain(schema, defs)
  const kind = kindOf(one)
  if (kind === 'group') {
    const pairs = Object.entries(one.properties ?? {}).map(([name, part]) => [name, sent(part, (value as Values)?.[name], defs)] as const)
    return Object.fromEntries(pairs.filter(([, part]) => part !== undefined))
  }
  if (kind === 'lines') return (value as unknown[]).map((line) => sent(one.items ?? {}, line, defs))
  if (kind === 'number') return value === '' || value === undefined ? undefined : Number(value)
  return value === '' ? undefined : value
}

/** The first field that must be filled in and is not, by its name; the empty string: none. */
export function missing(schema: Schema, values: Values): string {
  return (schema.required ?? []).find((name) => values[name] === '' || values[name] === undefined || (Array.isArray(values[name]) && !(values[name] as unknown[]).length)) ?? ''
}
