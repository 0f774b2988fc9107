/** The term that all timetable pages look at: the one in the address or chosen, else the present one. */
import { placeName } from '../../shared/naming'
import { computed, ref } from 'vue'
import { useRoute } from 'vue-router'
import { dayOf, serverNow } from '../../shared/time'
import { fetching } from '../parts/fetching'
import { presentTerm } from '../planning/terms'
import { listTerms, type Term } from './calls'
import { w } from './words'

const chosen = ref('')

export function useTerms() {
  chosen.value = String(useRoute().query['term'] ?? chosen.value)
  const { answer: terms, said, again } = fetching(listTerms)
  const today = dayOf(new Date(serverNow()))
  const term = computed<Term | null>(() => {
    const all = terms.value ?? []
    return all.find((one) => one.id === chosen.value) ?? presentTerm(all, today)
  })
  const choose = (id: string): void => { chosen.value = id }
  return { terms, term, choose, said, again, today }
}

export const termName = (term: Term): string => w('term.name', { year: term.school_year, number: w(`term.${term.number as 1 | 2}`), place: placeName(term.place) })
