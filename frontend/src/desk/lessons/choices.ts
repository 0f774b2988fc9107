/** What a lesson may be about. The stored value is the Chinese name, as in the curriculum; English is for reading only. */
import { language } from '../../shared/i18n'

const SUBJECTS: Readonly<Record<string, string>> = {
  语文: 'Chinese', 数学: 'Mathematics', 英语: 'English', 道德与法治: 'Morality and law', 科学: 'Science', 物理: 'Physics', 化学: 'Chemistry',
  生物: 'Biology', 历史: 'History', 地理: 'Geography', 音乐: 'Music', 美术: 'Art', 体育与健康: 'Sport and health', 信息科技: 'Information technology',
  劳动: 'Labour',
}
export const subjects = Object.keys(SUBJECTS)
export const versions: readonly string[] = ['统编版', '人教版', '教科版', '苏教版', '北师大版', '外研版']
export const volumes: readonly string[] = ['上', '下']
export const grades: readonly number[] = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12]

const CHINESE_GRADES: readonly string[] = ['一年级', '二年级', '三年级', '四年级', '五年级', '六年级', '七年级', '八年级', '九年级', '高一', '高二', '高三']

export function subjectName(subject: string): string {
  return language.value === 'en' ? (SUBJECTS[subject] ?? subject) : subject
}

export function gradeName(grade: number | string): string {
  const n = Number(grade)
  return language.value === 'en' ? `Grade ${n}` : (CHINESE_GRADES[n - 1] ?? String(grade))
}

export function volumeName(volume: string): string {
  if (language.value === 'en') return volume === '上' ? 'Volume 1' : 'Volume 2'
  return `${volume}册`
}
