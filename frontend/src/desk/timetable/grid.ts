/** The shell of a week's grid: one cell has the focus, arrows walk, Enter opens, Space picks up, L locks. */
import { nextTick, ref, type Ref } from 'vue'
import { walk, type Carrying, type Cell } from './carrying'
import type { Chip, Lesson } from './score'

interface Wishes {
  choose: (lesson: Lesson) => void
  pick: (lesson: Lesson) => void
  lock: (lesson: Lesson) => void
  /** A key while a lesson is in hand. */
  key: (event: KeyboardEvent) => void
}

/** Of several lessons in one cell each gets its turn. */
export function nextOf(chips: readonly Chip[], chosen: string): Lesson | undefined {
  const at = chips.findIndex((chip) => chip.lesson.key === chosen)
  return chips[(at + 1) % Math.max(chips.length, 1)]?.lesson
}

export function gridKeys(
  table: Ref<HTMLElement | null>, size: () => { rows: number; columns: number }, chipsAt: (cell: Cell) => readonly Chip[],
  now: () => { chosen: string; hand: Carrying | null }, wishes: Wishes,
) {
  const at = ref<Cell>({ row: 0, column: 0 })

  async function go(cell: Cell): Promise<void> {
    at.value = cell
    await nextTick()
    table.value?.querySelector<HTMLElement>(`[data-cell="${cell.row}-${cell.column}"]`)?.focus()
  }

  function act(event: KeyboardEvent): boolean {
    const chips = chipsAt(at.value)
    const held = chips.find((chip) => chip.lesson.key === now().chosen)?.lesson ?? chips[0]?.lesson
    if (event.key === 'Enter') return told(nextOf(chips, now().chosen), wishes.choose)
    if (event.key === ' ') return told(held, wishes.pick)
    return event.key.toLowerCase() === 'l' && told(held, wishes.lock)
  }

  function pressed(event: KeyboardEvent): void {
    if (event.ctrlKey || event.metaKey || event.altKey) return
    if (now().hand) return wishes.key(event)
    const goal = walk(at.value, event.key, size())
    if (goal) void go(goal)
    if (goal || act(event)) event.preventDefault()
  }

  /** However a cell came by the focus, the arrows go on from there. */
  function focused(event: FocusEvent): void {
    const cell = (event.target as HTMLElement).dataset['cell']?.split('-').map(Number)
    if (cell) at.value = { row: cell[0] ?? 0, column: cell[1] ?? 0 }
  }

  const isAt = (row: number, column: number): boolean => at.value.row === row && at.value.column === column
  return { at, go, pressed, focused, isAt }
}

function told(lesson: Lesson | undefined, wish: (lesson: Lesson) => void): boolean {
  if (lesson) wish(lesson)
  return Boolean(lesson)
}
