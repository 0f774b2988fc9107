/** The big screen obeys the assistant's phone: each asking once, and only while it is fresh. */
import { type Ref, watch } from 'vue'
import { factOf, type RemoteFact } from '../live/facts'
import type { Sight } from '../shared/says'
import { sound, tone } from '../shared/sound'
import { serverNow } from '../shared/time'

const FRESH_MS = 15_000

/** What is to be done now, if anything. Pure. */
export function asked(fact: RemoteFact | null, done: number, now: number): RemoteFact['act'] | null {
  if (!fact || fact.seq <= done || now - Date.parse(fact.since) > FRESH_MS) return null
  return fact.act
}

export function useRemote(sight: Ref<Sight>, room: string | null): void {
  let done = 0
  watch(() => (room ? factOf(sight.value.known, 'remote', room) : null), (fact) => {
    const act = asked(fact, done, serverNow())
    done = Math.max(done, fact?.seq ?? 0)
    if (act === 'tone') tone()
    else if (act) sound.value = act === 'sound-on' ? 'on' : 'off'
  })
}
