/** What a lesson may be about. The stored value is the Chinese name, as in the curriculum; English is for reading only. */
import { language } from '../../shared/i18n'
import { SUBJECTS } from '../../shared/naming'

export { subjectName } from '../../shared/naming'

export const subjects = Object.keys(SUBJECTS)
export const versions: readonly string[] = ['统编版', '人教版', '教科版', '苏教版', '北师大版', '外研版']
export const volumes: readonly string[] = ['上', '下']
export const grades: readonly number[] = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12]

const CHINESE_GRADES: readonly string[] = ['一年级', '二年级', '三年级', '四年级', '五年级', '六年级', '七年级', '八年级', '九年级', '高一', '高二', '高三']

export function gradeName(grade: number | string): string {
  const n = Number(grade)
  return language.value === 'en' ? `Grade ${n}` : (CHINESE_GRADES[n - 1] ?? String(grade))
}

export function volumeName(volume: string): string {
  if (language.value === 'en') return volume === '上' ? 'Volume 1' : 'Volume 2'
  return `${volume}册`
}
