import { ref, shallowRef, type Ref, type ShallowRef } from 'vue'

export interface Fetching<Answer> {
  answer: ShallowRef<Answer | null>
  /** The sentence of what went wrong, or the empty string. */
  said: Ref<string>
  busy: Ref<boolean>
  /** Asks again. The old answer stays until the new one is there; of answers that overtake each other the last asked counts. */
  again: () => Promise<void>
}

export function fetching<Answer>(ask: () => Promise<Answer>): Fetching<Answer> {
  const answer: ShallowRef<Answer | null> = shallowRef(null)
  const said = ref('')
  const busy = ref(false)
  let turn = 0

  async function again(): Promise<void> {
    const mine = ++turn
    busy.value = true
    try {
      const got = await ask()
      if (mine !== turn) return
      answer.value = got
      said.value = ''
    } catch (problem) {
      if (mine === turn) said.value = (problem as Error).message
    } finally {
      if (mine === turn) busy.value = false
    }
  }
  return { answer, said, busy, again }
}
