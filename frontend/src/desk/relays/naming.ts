import { either } from '../../shared/i18n'
import type { Relay } from '../../shared/shapes'

/** A relay by the place that it serves, in the page's language; one that serves everybody, by its own name. */
export function nameOf(relay: Relay): string {
  return relay.place ? either(relay.place.name, relay.place.name_en) : relay.name
}

/** The same for a relay that another one names. */
export function naming(relays: readonly Relay[]): (name: string) => string {
  const known = new Map(relays.map((relay) => [relay.name, relay]))
  return (name) => {
    const relay = known.get(name)
    return relay ? nameOf(relay) : name
  }
}
