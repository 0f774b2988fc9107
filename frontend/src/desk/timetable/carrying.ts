/** A week's grid by keyboard, as a state machine. Pure: it knows cells only; what a drop means is the page's affair. */
export interface Cell { row: number; column: number }
/** Where a carried lesson may be held: a time, as day and band, both from 0. */
export interface Spot { day: number; band: number }
export interface Carrying { lesson: string; from: Spot; at: Spot }

/** How time runs: in a score along the line, day after day; in a week's table down the column, with the days side by side. */
export interface Shape { days: number; bands: number; along: 'line' | 'column' }

export type Act =
  | { kind: 'carry'; carrying: Carrying }
  | { kind: 'drop'; carrying: Carrying }
  | { kind: 'back'; carrying: Carrying }
  | { kind: 'none' }

const NONE: Act = { kind: 'none' }
const within = (n: number, size: number): number => Math.max(0, Math.min(size - 1, n))

/** The cell that an arrow leads to from `cell`; the edge holds. Other keys lead nowhere. */
export function walk(cell: Cell, key: string, size: { rows: number; columns: number }): Cell | null {
  const { row, column } = cell
  const goal = {
    ArrowUp: { row: row - 1, column }, ArrowDown: { row: row + 1, column },
    ArrowLeft: { row, column: column - 1 }, ArrowRight: { row, column: column + 1 },
    Home: { row, column: 0 }, End: { row, column: size.columns - 1 },
    PageUp: { row: 0, column }, PageDown: { row: size.rows - 1, column },
  }[key]
  return goal ? { row: within(goal.row, size.rows), column: within(goal.column, size.columns) } : null
}

export const pick = (lesson: string, from: Spot): Carrying => ({ lesson, from, at: from })

/** One key while a lesson is in hand: arrows move it, Space and Enter drop it, Escape puts it back. */
export function carry(carrying: Carrying, key: string, shape: Shape): Act {
  if (key === 'Escape') return { kind: 'back', carrying: { ...carrying, at: carrying.from } }
  if (key === ' ' || key === 'Enter') {
    const moved = carrying.at.day !== carrying.from.day || carrying.at.band !== carrying.from.band
    return { kind: moved ? 'drop' : 'back', carrying }
  }
  const at = shape.along === 'line' ? alongLine(carrying.at, key, shape) : alongColumn(carrying.at, key, shape)
  return at ? { kind: 'carry', carrying: { ...carrying, at } } : NONE
}

/** Left and right run through the whole week; up and down change the day. */
function alongLine(at: Spot, key: string, { days, bands }: Shape): Spot | null {
  const step = { ArrowLeft: -1, ArrowRight: 1 }[key]
  if (step) {
    const n = within(at.day * bands + at.band + step, days * bands)
    return { day: Math.floor(n / bands), band: n % bands }
  }
  const day = { ArrowUp: -1, ArrowDown: 1, PageUp: -1, PageDown: 1 }[key]
  if (day) return { day: within(at.day + day, days), band: at.band }
  return edge(at, key, bands)
}

function alongColumn(at: Spot, key: string, { days, bands }: Shape): Spot | null {
  const day = { ArrowLeft: -1, ArrowRight: 1 }[key]
  if (day) return { day: within(at.day + day, days), band: at.band }
  const band = { ArrowUp: -1, ArrowDown: 1 }[key]
  if (band) return { day: at.day, band: within(at.band + band, bands) }
  return edge(at, key, bands)
}

/** The first or last band of the day. */
function edge(at: Spot, key: string, bands: number): Spot | null {
  if (key === 'Home') return { day: at.day, band: 0 }
  return key === 'End' ? { day: at.day, band: bands - 1 } : null
}
