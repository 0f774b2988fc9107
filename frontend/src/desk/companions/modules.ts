/** The list of all companion modules' pages; what each adds here are the lines that admin/companions/README.md names. */
import { bracelets } from './bracelets/module'
import { exchange } from './exchange/module'
import { lists } from './lists/module'
import type { Module } from './module'
import { settlement } from './settlement/module'

export const MODULES: readonly Module[] = [
  bracelets,
  exchange,
  lists,
  settlement,
]
