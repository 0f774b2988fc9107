import { afterEach, expect, test } from 'vitest'
import { language } from './i18n'
import { countyName, placeName, roomName, seatName, subjectName, whereName } from './naming'

const yuntou = { name: '云头教学点', name_en: 'Yuntou Teaching Point', county: '晴隆县', county_en: 'Qinglong' }
afterEach(() => (language.value = 'zh-CN'))

test('names stay as they are in Chinese', () => {
  language.value = 'zh-CN'
  expect([placeName(yuntou), countyName(yuntou), subjectName('科学'), roomName('三年级教室')]).toEqual(['云头教学点', '晴隆县', '科学', '三年级教室'])
})

test('in English places, counties, subjects and the usual rooms have English names', () => {
  language.value = 'en'
  expect([placeName(yuntou), countyName(yuntou), subjectName('科学')]).toEqual(['Yuntou Teaching Point', 'Qinglong', 'Science'])
  expect(['直录播教室 2', '直录播教室', '三年级教室', '六年级2 班'].map(roomName)).toEqual(['Live-recording room 2', 'Live-recording room', 'Grade 3 room', 'Grade 6, class 2'])
  expect(whereName({ name: '三年级教室', school: yuntou })).toBe('Yuntou Teaching Point Grade 3 room')
  expect(seatName({ in_class: { name: '三年级' }, school: yuntou })).toBe('Yuntou Teaching Point Grade 3')
})

test('what has no English name keeps its own', () => {
  language.value = 'en'
  expect([countyName({ county: null, county_en: null }), subjectName('布依语'), roomName('舞蹈室')]).toEqual(['', '布依语', '舞蹈室'])
})
