/** Clock times of the prefecture. The whole country keeps one time (UTC+8, no summer time since 1991), so a lesson's
 *  hour is shown and entered as Asia/Shanghai whatever the computer's own zone is. */
const ZONE = 'Asia/Shanghai'
const OFFSET = '+08:00'

function parts(moment: Date, locale: string, options: Intl.DateTimeFormatOptions): string {
  return new Intl.DateTimeFormat(locale, { timeZone: ZONE, ...options }).format(moment)
}

/** '2026-11-24' */
export function dayOf(moment: Date): string {
  return parts(moment, 'en-CA', { year: 'numeric', month: '2-digit', day: '2-digit' })
}

/** '10:30' */
export function clockOf(moment: Date): string {
  return parts(moment, 'en-GB', { hour: '2-digit', minute: '2-digit' })
}

/** '10:30' of today, '11-24 10:30' of another day. */
export function clockOrDay(moment: Date, now = new Date()): string {
  const day = dayOf(moment)
  return day === dayOf(now) ? clockOf(moment) : `${day.slice(5)} ${clockOf(moment)}`
}

/** '11 月 24 日 星期二' or 'Tue 24 November' */
export function longDay(moment: Date, language: string): string {
  if (language !== 'zh-CN') return parts(moment, 'en-GB', { weekday: 'short', day: 'numeric', month: 'long' })
  const [, month, day] = dayOf(moment).split('-').map(Number)
  return `${month} 月 ${day} 日 ${parts(moment, 'zh-CN', { weekday: 'long' })}`
}

/** The moment of a day and clock time in the prefecture, as the API takes it. */
export function momentOf(day: string, clock: string): string {
  return `${day}T${clock}:00${OFFSET}`
}

/** Whole minutes from `now` to `moment`, rounded up; negative when past. */
export function minutesUntil(moment: string, now: number): number {
  return Math.ceil((Date.parse(moment) - now) / 60_000)
}

/** Whole minutes between two moments. */
export function minutesBetween(start: string, end: string): number {
  return Math.round((Date.parse(end) - Date.parse(start)) / 60_000)
}

/** '18:24', '1:02:03'; never negative. */
export function stopwatch(milliseconds: number): string {
  const seconds = Math.max(0, Math.floor(milliseconds / 1000))
  const [hours, minutes, rest] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, seconds % 60]
  const two = (n: number): string => String(n).padStart(2, '0')
  return hours ? `${hours}:${two(minutes)}:${two(rest)}` : `${minutes}:${two(rest)}`
}

/** How far the server's clock is ahead of this machine's, in milliseconds: village machines are often minutes off. */
let ahead = 0

/** Takes the server's clock from the Date header of any answer. Its resolution is a second, so smaller steps are noise. */
export function heedServerClock(header: string | null): void {
  const said = Date.parse(header ?? '')
  if (Number.isFinite(said) && Math.abs(said - Date.now() - ahead) > 1500) ahead = said - Date.now()
}

/** Milliseconds since the epoch, by the server's clock. */
export function serverNow(): number {
  return Date.now() + ahead
}
