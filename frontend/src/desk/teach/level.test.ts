import { expect, it } from 'vitest'
import { barsOf } from './level'

const tone = (height: number) => Float32Array.from({ length: 2048 }, (_, at) => height * Math.sin(at / 5))

it('shows nothing for silence, nearly all bars for a full tone and speech in between', () => {
  expect(barsOf(new Float32Array(2048))).toBe(0)
  expect(barsOf(tone(1))).toBeGreaterThan(8)
  expect(barsOf(tone(0.05))).toBeGreaterThan(4)
  expect(barsOf(tone(0.05))).toBeLessThan(8)
})
