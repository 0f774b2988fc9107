import { expect, test } from 'vitest'
import { behind, WHOLE } from './behind'

const county = { id: 'c-1', name: '晴隆县', name_en: 'Qinglong' }

test('a number of a day leads to its rows of that day and county', () => {
  expect(behind(county, 'held', '2026-11-23', '2026-11-23')).toEqual({ name: 'lessons', query: { day: '2026-11-23', place: 'c-1', name: '晴隆县', fate: 'begun' } })
  expect(behind(county, 'waiting', '2026-11-23', '2026-11-23')).toMatchObject({ name: 'tickets', query: { state: 'unclosed' } })
})

test('a total of a month leads to the rows of every place', () => {
  expect(behind({ ...county, id: WHOLE }, 'rooms', '2026-11-01', '2026-11-30')).toEqual({ name: 'receptions', query: { day: '2026-11-01', until: '2026-11-30' } })
})
