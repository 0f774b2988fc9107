import { gradeName, subjectName, volumeName } from '../lessons/choices'
import type { Branch, Card } from './calls'
import { t } from './words'

/** 12:05 or 1:02:05. */
export function clock(seconds: number): string {
  const whole = Math.max(0, Math.floor(seconds))
  const [hours, minutes, rest] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60, whole % 60]
  const tail = `${String(minutes).padStart(hours ? 2 : 1, '0')}:${String(rest).padStart(2, '0')}`
  return hours ? `${hours}:${tail}` : tail
}

export function fileSize(bytes: number): string {
  const mega = bytes / 1_048_576
  return mega >= 1024 ? `${(mega / 1024).toFixed(1)} GB` : mega >= 1 ? `${mega.toFixed(1)} MB` : `${Math.ceil(bytes / 1024)} KB`
}

export function extent(card: Card): string {
  if (card.seconds) return card.seconds < 60 ? t('seconds', { n: Math.round(card.seconds) }) : t('minutes', { n: Math.round(card.seconds / 60) })
  return card.pages ? t('pages', { n: card.pages }) : fileSize(card.bytes)
}

export function book(card: Pick<Card, 'grade' | 'subject' | 'textbook_version' | 'volume'>): string {
  return [gradeName(card.grade), subjectName(card.subject), card.textbook_version, card.volume === '全' ? '' : volumeName(card.volume)].filter(Boolean).join(' ')
}

export interface TreeLine { key: string; level: number; name: string; count: number; place: Record<string, string | number> }

const NAMES = ['phase', 'grade', 'subject', 'textbook_version', 'volume', 'unit']

/** The contents tree as lines: phases, their grades, below the chosen grade its books and their units. */
export function lines(tree: readonly Branch[]): TreeLine[] {
  const found = new Map<string, TreeLine>()
  const add = (path: readonly string[], level: number, name: string, count: number): void => {
    const key = path.join('/')
    const line = found.get(key)
    if (line) { line.count += count; return }
    const place = Object.fromEntries(path.map((part, index) => [NAMES[index] ?? '', index === 1 ? Number(part) : part]))
    found.set(key, { key, level, name, count, place })
  }
  for (const { path, count } of tree) {
    const [phase = '', grade = '', subject = '', version = '', volume = '', unit = ''] = path
    if (path.length === 2) {
      add([phase], 0, t(`phase.${phase}` as Parameters<typeof t>[0]), count)
      add([phase, grade], 1, gradeName(grade), count)
    } else {
      add([phase, grade, subject, version], 2, `${subjectName(subject)} · ${version}`, count)
      add(path, 3, [volume === '全' ? '' : volumeName(volume), unit].filter(Boolean).join(' '), count)
    }
  }
  return [...found.values()].sort((one, other) => order(one).localeCompare(order(other)))
}

const PHASES = ['primary', 'lower', 'upper']

function order(line: TreeLine): string {
  const [phase = '', grade = '', ...rest] = line.key.split('/')
  return [PHASES.indexOf(phase), grade.padStart(2, '0'), ...rest].join('/')
}
