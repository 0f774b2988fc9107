import { expect, test } from 'vitest'
import { traces } from './traces'

test('what cannot be taken out of the old office formats is said, and what a signed PDF loses', () => {
  expect(['教案.DOC', '成绩.xls', '课件.ppt'].map(traces)).toEqual(['old', 'old', 'old'])
  expect(traces('公文.pdf')).toBe('pdf')
})
test('of everything else the names are taken out', () => {
  expect(['教案.docx', '课.mp4', 'doc'].map(traces)).toEqual(['all', 'all', 'all'])
})
