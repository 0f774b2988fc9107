/** Milliseconds to wait before attempt `n` (0, 1, …): doubling up to `most`, with chance in it so that a county's rooms do not all come back in one instant. */
export function backoff(n: number, chance: number, first = 500, most = 10_000): number {
  const full = Math.min(most, first * 2 ** n)
  return Math.round(full * (0.5 + chance / 2))
}
