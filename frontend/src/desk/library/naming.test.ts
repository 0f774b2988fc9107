import { expect, test } from 'vitest'
import { clock, fileSize, lines } from './naming'

test('clocks and sizes read as on a player', () => {
  expect([clock(0), clock(65), clock(3725.9)]).toEqual(['0:00', '1:05', '1:02:05'])
  expect([fileSize(900), fileSize(3 * 1_048_576), fileSize(2.5 * 1024 ** 3)]).toEqual(['1 KB', '3.0 MB', '2.5 GB'])
})

test('the tree has phases, grades, and below the chosen grade its books and units', () => {
  const found = lines([
    { path: ['lower', '8'], count: 1 },
    { path: ['primary', '3'], count: 3 },
    { path: ['primary', '4'], count: 2 },
    { path: ['primary', '3', '科学', '教科版', '下', '第三单元'], count: 2 },
    { path: ['primary', '3', '科学', '教科版', '下', '第一单元'], count: 1 },
  ])
  expect(found.map((line) => [line.level, line.count])).toEqual([[0, 5], [1, 3], [2, 3], [3, 1], [3, 2], [1, 2], [0, 1], [1, 1]])
  expect(found[2]?.place).toEqual({ phase: 'primary', grade: 3, subject: '科学', textbook_version: '教科版' })
})
