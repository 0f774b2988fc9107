import { expect, test } from 'vitest'
import { carry, pick, walk, type Shape, type Spot } from './carrying'

const SCORE: Shape = { days: 5, bands: 6, along: 'line' }
const WEEK: Shape = { days: 5, bands: 6, along: 'column' }
const held = (day: number, band: number) => pick('lesson', { day, band })

function carried(shape: Shape, from: Spot, ...keys: string[]): Spot {
  let carrying = held(from.day, from.band)
  for (const key of keys) {
    const act = carry(carrying, key, shape)
    if (act.kind === 'carry') carrying = act.carrying
  }
  return carrying.at
}

test('arrows walk the cells and the edge holds', () => {
  const size = { rows: 3, columns: 4 }
  expect(walk({ row: 1, column: 1 }, 'ArrowDown', size)).toEqual({ row: 2, column: 1 })
  expect(walk({ row: 2, column: 3 }, 'ArrowRight', size)).toEqual({ row: 2, column: 3 })
  expect(walk({ row: 0, column: 0 }, 'ArrowUp', size)).toEqual({ row: 0, column: 0 })
  expect(walk({ row: 1, column: 2 }, 'Home', size)).toEqual({ row: 1, column: 0 })
  expect(walk({ row: 1, column: 2 }, 'PageDown', size)).toEqual({ row: 2, column: 2 })
  expect(walk({ row: 1, column: 2 }, 'x', size)).toBeNull()
})

test('in a score a lesson in hand goes on into the next day', () => {
  expect(carried(SCORE, { day: 0, band: 5 }, 'ArrowRight')).toEqual({ day: 1, band: 0 })
  expect(carried(SCORE, { day: 1, band: 0 }, 'ArrowLeft')).toEqual({ day: 0, band: 5 })
  expect(carried(SCORE, { day: 1, band: 2 }, 'ArrowDown', 'ArrowDown')).toEqual({ day: 3, band: 2 })
})

test("in a week's table days stand side by side", () => {
  expect(carried(WEEK, { day: 0, band: 5 }, 'ArrowRight', 'ArrowUp')).toEqual({ day: 1, band: 4 })
  expect(carried(WEEK, { day: 2, band: 3 }, 'End')).toEqual({ day: 2, band: 5 })
})

test('the week ends where it ends', () => {
  for (const shape of [SCORE, WEEK]) {
    expect(carried(shape, { day: 4, band: 5 }, 'ArrowRight', 'ArrowDown')).toEqual({ day: 4, band: 5 })
    expect(carried(shape, { day: 0, band: 0 }, 'ArrowLeft', 'ArrowUp')).toEqual({ day: 0, band: 0 })
  }
})

test('Space and Enter drop what has moved, and put back what has not', () => {
  for (const key of [' ', 'Enter']) {
    expect(carry(held(1, 1), key, SCORE).kind).toBe('back')
    expect(carry({ ...held(1, 1), at: { day: 1, band: 2 } }, key, SCORE)).toMatchObject({ kind: 'drop', carrying: { at: { day: 1, band: 2 } } })
  }
})

test('Escape puts it back where it came from', () => {
  const act = carry({ ...held(1, 1), at: { day: 3, band: 2 } }, 'Escape', SCORE)
  expect(act).toMatchObject({ kind: 'back', carrying: { at: { day: 1, band: 1 } } })
})

test('other keys do nothing, so that the browser keeps its own', () => {
  for (const key of ['Tab', 'a', 'F5']) expect(carry(held(0, 0), key, WEEK).kind).toBe('none')
})
