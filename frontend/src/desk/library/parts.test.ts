import { expect, test } from 'vitest'
import type { Upload } from './calls'
import { isSame, missing } from './parts'

const upload = { parts: 4, filename: 'a.mp4', size: 30, received: [{ number: 2, size: 8, sha256: null }, { number: 4, size: 6, sha256: null }] } as Upload

test('only what has not arrived is sent', () => {
  expect(missing(upload)).toEqual([1, 3])
})

test('a file is the same by its name and size', () => {
  expect(isSame(upload, { name: 'a.mp4', size: 30 })).toBe(true)
  expect(isSame(upload, { name: 'a.mp4', size: 31 })).toBe(false)
})
