/** Calendar days as '2026-11-24' and clock times as '10:30'. Pure: no zone, no browser language, no clock. */
const DAY_MS = 86_400_000

/** The UTC midnight of a day, which stands for the day itself: arithmetic on it knows no zone and no summer time. */
export function atMidnight(day: string): Date {
  return new Date(`${day}T00:00:00Z`)
}
function written(moment: Date): string {
  return moment.toISOString().slice(0, 10)
}

export function daysOn(day: string, by: number): string {
  return written(new Date(atMidnight(day).getTime() + by * DAY_MS))
}

/** The same day of another month, or that month's last one. */
export function monthsOn(day: string, by: number): string {
  const [year = 0, month = 0, date = 0] = day.split('-').map(Number)
  const last = new Date(Date.UTC(year, month + by, 0)).getUTCDate()
  return written(new Date(Date.UTC(year, month - 1 + by, Math.min(date, last))))
}

/** 0 for Monday … 6 for Sunday (ISO 8601). */
export function weekday(day: string): number {
  return (atMidnight(day).getUTCDay() + 6) % 7
}

/** The weeks that a day's month touches, each from Monday to Sunday, with the neighbours' days that fill them. */
export function weeksAround(day: string): string[][] {
  const first = `${day.slice(0, 8)}01`
  const weeks: string[][] = []
  for (let monday = daysOn(first, -weekday(first)); monday < monthsOn(first, 1); monday = daysOn(monday, 7)) {
    weeks.push(Array.from({ length: 7 }, (_, n) => daysOn(monday, n)))
  }
  return weeks
}

/** Chinese input methods type full-width figures and signs. */
function plain(text: string): string {
  return text.trim().replace(/[\uff01-\uff5e]/g, (sign) => String.fromCharCode(sign.charCodeAt(0) - 0xfee0))
}

/** A day as people type it: 2026-11-24, 2026/11/24, 2026年11月24日, 20261124, 11-24 of `today`'s year. Null: not a day. */
export function readDay(text: string, today: string): string | null {
  const whole = /^(?:(\d{4})\D?)?(\d{1,2})\D(\d{1,2})\D?$/.exec(plain(text)) ?? /^(\d{4})(\d{2})(\d{2})$/.exec(plain(text))
  if (!whole) return null
  const [year, month, date] = [whole[1] ?? today.slice(0, 4), whole[2] ?? '', whole[3] ?? '']
  const day = `${year}-${month.padStart(2, '0')}-${date.padStart(2, '0')}`
  const moment = atMidnight(day)
  return Number.isNaN(moment.getTime()) || written(moment) !== day ? null : day
}

/** A clock time of 24 hours as people type it: 8:30, 08:30, 8：30, 0830, 8点30分, 8. Null: not a time. */
export function readClock(text: string): string | null {
  const typed = /^(\d{1,2})(?:\D(\d{1,2})?\D?)?$/.exec(plain(text)) ?? /^(\d{1,2})(\d{2})$/.exec(plain(text))
  if (!typed) return null
  const [hour, minute] = [Number(typed[1]), Number(typed[2] ?? 0)]
  return hour < 24 && minute < 60 ? `${String(hour).padStart(2, '0')}:${String(minute).padStart(2, '0')}` : null
}

/** A clock time some minutes on; it stays within its day. */
export function minutesOn(clock: string, by: number): string {
  const [hour = 0, minute = 0] = clock.split(':').map(Number)
  const at = Math.max(0, Math.min(23 * 60 + 59, hour * 60 + minute + by))
  return `${String(Math.floor(at / 60)).padStart(2, '0')}:${String(at % 60).padStart(2, '0')}`
}
