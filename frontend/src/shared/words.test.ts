import { describe, expect, test } from 'vitest'
import { fill, type Words } from './i18n'

const chinese = import.meta.glob<{ default: Words }>('../**/words.zh.ts', { eager: true })
const english = import.meta.glob<{ default: Words }>('../**/words.en.ts', { eager: true })
const places = (text: string) => [...text.matchAll(/\{\w+\}/g)].map((match) => match[0]).sort()

describe('the words of each page', () => {
  for (const [path, { default: zh }] of Object.entries(chinese)) {
    const en = english[path.replace('.zh.', '.en.')]?.default ?? {}
    test(`${path} has the same keys in both languages`, () => {
      expect(Object.keys(en).sort()).toEqual(Object.keys(zh).sort())
    })
    test(`${path} has the same places in both languages`, () => {
      for (const key of Object.keys(zh)) expect([key, ...places(en[key] ?? '')]).toEqual([key, ...places(zh[key] ?? '')])
    })
    test(`${path} has no empty word, no exclamation mark, and Chinese in the Chinese`, () => {
      expect(Object.entries({ ...zh, ...en }).filter(([, text]) => !text.trim() || /[!！]/.test(text))).toEqual([])
      expect(Object.values(zh).join('')).toMatch(/[\u4e00-\u9fff]/)
      expect(Object.values(en).join('').replace('中文', '')).not.toMatch(/[\u4e00-\u9fff]/)
    })
  }
})

test('a place without a value stays visible', () => {
  expect(fill('{n} of {m}', { n: 0 })).toBe('0 of {m}')
})

test('one thing has its own word', () => {
  expect([0, 1, 2].map((n) => fill('{n} {n:school|schools}', { n }))).toEqual(['0 schools', '1 school', '2 schools'])
})
