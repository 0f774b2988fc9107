/** What a module's folder says of its pages. The registers' columns, words, states and steps come from the server. */
import type { Component } from 'vue'
import type { RoleName } from '../account'
import type { Row } from './shape/about'

export type Mark = 'ok' | 'weak' | 'down' | 'idle' | 'live' | 'done'

export interface RegisterPage {
  /** Below the module's address: `/api/<module>/<path>`. */
  path: string
  title: () => string
  /** What stands beside the title: what the register is for. */
  note: () => string
  /** Columns of the table, the first one in bold. Without `state`, which always stands last. */
  shown: readonly string[]
  /** Columns that narrow windows leave out. */
  wide?: readonly string[]
  marks?: Readonly<Record<string, Mark>>
  /** States behind which nothing is expected any more. */
  ends?: readonly string[]
  /** What only this module shows in the drawer, below the row's columns. */
  content?: () => Promise<{ default: Component }>
  /** The sentence under an empty list: who adds what. */
  empty: () => string
  roles: readonly RoleName[]
}

/** A page that is no register. */
export interface ExtraPage {
  path: string
  title: () => string
  roles: readonly RoleName[]
  page: () => Promise<{ default: Component }>
}

export interface Module {
  name: string
  title: () => string
  registers: readonly RegisterPage[]
  extras: readonly ExtraPage[]
}

export type { Row }
