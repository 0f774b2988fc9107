/** The wall chart's arithmetic: days on a line. Pure. */
export interface Span { first: number; last: number }

const DAY_MS = 86_400_000

/** Days since the epoch of '2026-11-24'. */
export function dayNumber(day: string): number {
  return Math.floor(Date.parse(`${day}T00:00:00Z`) / DAY_MS)
}

/** From the first start to the last due day, today always among them, with a day's room at each end. */
export function spanOf(items: readonly { starts: string; due: string | null }[], today: string): Span {
  const days = [today, ...items.flatMap((item) => [item.starts, item.due ?? item.starts])].map(dayNumber)
  return { first: Math.min(...days) - 1, last: Math.max(...days) + 1 }
}

/** Where a day lies, in per cent of the chart's width. */
export function placeOf(day: string, span: Span): number {
  return ((dayNumber(day) - span.first) / (span.last - span.first)) * 100
}

/** The first days of the months on the chart. */
export function monthsOf(span: Span): string[] {
  const found: string[] = []
  const at = new Date(span.first * DAY_MS)
  at.setUTCDate(1)
  for (;;) {
    at.setUTCMonth(at.getUTCMonth() + 1)
    if (at.getTime() > span.last * DAY_MS) return found
    found.push(at.toISOString().slice(0, 10))
  }
}
