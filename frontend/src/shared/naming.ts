/** Names in the reader's language. The stored ones are Chinese; English is for reading only. */
import { either, language } from './i18n'

interface Named { name: string; name_en: string }

export const placeName = (place: Named): string => either(place.name, place.name_en)
export const countyName = (school: { county: string | null; county_en: string | null }): string => either(school.county ?? '', school.county_en)
/** "云头教学点 三年级教室". */
export const whereName = (room: { name: string; school: Named }): string => `${placeName(room.school)} ${roomName(room.name)}`

/** "云头教学点 三年级": a class that sits in a course or lesson. */
export const seatName = (seat: { in_class: { name: string }; school: Named }): string => whereName({ name: seat.in_class.name, school: seat.school })

/** As in the curriculum. */
export const SUBJECTS: Readonly<Record<string, string>> = {
  语文: 'Chinese', 数学: 'Mathematics', 英语: 'English', 道德与法治: 'Morality and law', 科学: 'Science', 物理: 'Physics', 化学: 'Chemistry',
  生物: 'Biology', 历史: 'History', 地理: 'Geography', 音乐: 'Music', 美术: 'Art', 体育与健康: 'Sport and health', 信息科技: 'Information technology',
  劳动: 'Labour',
}

export function subjectName(subject: string): string {
  return either(subject, SUBJECTS[subject])
}

/** For chips that have no room for a word. */
export const subjectMark = (subject: string): string => either(subject.slice(0, 1), SUBJECTS[subject]?.slice(0, 2))

const DIGITS = '一二三四五六七八九'
const grade = (digit: string): string => `Grade ${DIGITS.indexOf(digit) + 1}`

/** Rooms and classes are named by their schools; the usual names have English ones, others stay as they are. */
export function roomName(name: string): string {
  if (language.value !== 'en') return name
  return name
    .replace(/^直录播教室 ?/, 'Live-recording room ')
    .replace(new RegExp(`^([${DIGITS}])年级教室$`), (_, digit: string) => `${grade(digit)} room`)
    .replace(new RegExp(`^([${DIGITS}])年级$`), (_, digit: string) => grade(digit))
    .replace(new RegExp(`^([${DIGITS}])年级 ?(\\d+) ?班$`), (_, digit: string, number: string) => `${grade(digit)}, class ${number}`)
    .trim()
}
