/** What differs between two weeks of lessons: two drafts, or one before and after somebody else's changes. Pure. */
import type { At } from './bands'
import type { Lesson } from './score'

export interface Difference { lesson: Lesson; before: At | null; after: At | null; locked: boolean | null }

const same = (one: At, other: At): boolean => one.weekday === other.weekday && one.start === other.start

/** By course and number, in the order of the week they have now. `locked` is null where the lock stayed. */
export function differences(before: readonly Lesson[], after: readonly Lesson[]): Difference[] {
  const old = new Map(before.map((one) => [one.key, one]))
  const now = new Map(after.map((one) => [one.key, one]))
  const found: Difference[] = []
  for (const key of new Set([...old.keys(), ...now.keys()])) {
    const [one, other] = [old.get(key), now.get(key)]
    const lesson = other ?? one
    if (!lesson) continue
    const moved = !one || !other || !same(one.at, other.at)
    const locked = one && other && one.locked !== other.locked ? other.locked : null
    if (moved || locked !== null) found.push({ lesson, before: one?.at ?? null, after: other?.at ?? null, locked })
  }
  return found.sort((one, other) => placeOf(one) - placeOf(other) || one.lesson.name.localeCompare(other.lesson.name))
}

function placeOf({ before, after }: Difference): number {
  const at = after ?? before
  return at ? at.weekday * 1440 + at.start : 0
}

/** Changes by whom they touch, those with most first. */
export function byWhom<Change extends { who: { id: string; name: string }[] }>(changes: readonly Change[]): { id: string; name: string; changes: Change[] }[] {
  const found = new Map<string, { id: string; name: string; changes: Change[] }>()
  for (const change of changes) {
    for (const { id, name } of change.who) {
      const one = found.get(id) ?? { id, name, changes: [] }
      one.changes.push(change)
      found.set(id, one)
    }
  }
  return [...found.values()].sort((one, other) => other.changes.length - one.changes.length || one.name.localeCompare(other.name, 'zh-CN'))
}
