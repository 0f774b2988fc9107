import { describe, expect, test } from 'vitest'
import { drawingOf, from, scaleOf, spotOf } from './chart'

const home = { lat: 25.0297, lon: 104.8921, radius: 150 }
const next = { lat: 25.0412, lon: 104.9107 }

describe('positions on a drawing', () => {
  test('north is up and east is right', () => {
    const drawing = drawingOf([next], [home])
    const [a, b] = [spotOf(drawing, home, 600), spotOf(drawing, next, 600)]
    expect([b.x > a.x, b.y < a.y]).toEqual([true, true])
    for (const spot of [a, b]) expect(Math.min(spot.x, spot.y)).toBeGreaterThan(0)
  })
  test('a single fix is not drawn closer than 400 m across', () => {
    const drawing = drawingOf([next], [])
    expect([drawing.metres, scaleOf(drawing)]).toEqual([400, 100])
    expect(spotOf(drawing, next, 600)).toEqual({ x: 300, y: 300 })
  })
  test('the next village lies 2.3 km north-east of home', () => {
    const { metres, direction } = from(home, next)
    expect([Math.round(metres / 100) / 10, direction]).toEqual([2.3, 'ne'])
    expect(from(next, home).direction).toBe('sw')
  })
})
