import { p } from './words'

/** A rate always shows numerator and denominator; without a denominator there is none. */
export function told(rate: { of: number; all: number }): string {
  return rate.all ? p('rate', { of: rate.of, all: rate.all, percent: Math.round((rate.of / rate.all) * 100) }) : p('rate.none')
}
