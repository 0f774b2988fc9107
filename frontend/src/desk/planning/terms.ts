/** The term that runs on a day ("2026-11-24"), else the next to begin, else the last. `terms` come newest first. Pure. */
export function presentTerm<Term extends { first: string; last: string }>(terms: readonly Term[], today: string): Term | null {
  const coming = terms.filter((one) => one.first > today)
  return terms.find((one) => one.first <= today && today <= one.last) ?? coming[coming.length - 1] ?? terms[0] ?? null
}
