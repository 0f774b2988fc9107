import { describe, expect, test } from 'vitest'
import { type Event, OPENING_LIMIT, REOPEN_AFTER, RESTART_AFTER, type State, isFinal, reduce } from './states'

const network = { code: 'network', status: 0, zh: '', en: '' }
/** Feeds `[time, event]` pairs and returns each step as "state acts". */
function story(from: State, ...events: [number, Event][]): string[] {
  let state = from
  return events.map(([now, event]) => {
    const step = reduce(state, event, now, 0.5)
    state = step.state
    return [state.name, ...step.acts].join(' ')
  })
}
const playing: State = { name: 'playing' }

describe('the way of a session', () => {
  test('a session starts, connects and plays', () => {
    expect(story({ name: 'idle' }, [0, { type: 'start' }], [300, { type: 'connected' }])).toEqual(['connecting open', 'playing'])
  })

  test('silence asks the server, and a session that it forgot is opened anew at once', () => {
    expect(story(playing, [0, { type: 'quiet' }], [40, { type: 'found', found: 'gone' }], [400, { type: 'connected' }]))
      .toEqual(['stalled check', 'reconnecting open', 'playing'])
  })

  test('a relay that is down is asked again later, each time a little later', () => {
    const steps = story(playing, [0, { type: 'quiet' }], [9, { type: 'found', found: 'unreachable' }], [100, { type: 'tick' }], [500, { type: 'tick' }],
      [510, { type: 'failed', cause: network, final: false }], [900, { type: 'tick' }], [1300, { type: 'tick' }], [1700, { type: 'connected' }])
    expect(steps).toEqual(['stalled check', 'reconnecting', 'reconnecting', 'reconnecting open', 'reconnecting', 'reconnecting', 'reconnecting open', 'playing'])
  })

  test('a lost path is restarted on the same session', () => {
    expect(story(playing, [0, { type: 'lost' }], [50, { type: 'found', found: 'alive' }], [90, { type: 'restarted', done: true }], [300, { type: 'connected' }]))
      .toEqual(['stalled check', 'stalled restart', 'stalled', 'playing'])
  })

  test('a server that cannot restart gets a new session', () => {
    expect(story(playing, [0, { type: 'lost' }], [50, { type: 'found', found: 'alive' }], [90, { type: 'restarted', done: false }]))
      .toEqual(['stalled check', 'stalled restart', 'reconnecting open'])
  })

  test('a living session without packets waits, then restarts, then opens anew', () => {
    const alive: Event = { type: 'found', found: 'alive' }
    expect(story(playing, [0, { type: 'quiet' }], [20, alive], [1600, { type: 'tick' }], [RESTART_AFTER + 1, alive], [REOPEN_AFTER + 1, { type: 'tick' }]))
      .toEqual(['stalled check', 'stalled', 'stalled check', 'stalled restart', 'reconnecting open'])
  })

  test('packets that come back end the stall', () => {
    expect(story(playing, [0, { type: 'quiet' }], [900, { type: 'heard' }])).toEqual(['stalled check', 'playing'])
  })

  test('an opening that leads nowhere is given up', () => {
    expect(story({ name: 'connecting', since: 0 }, [OPENING_LIMIT, { type: 'tick' }], [OPENING_LIMIT + 1, { type: 'tick' }]))
      .toEqual(['connecting', 'reconnecting open'])
  })

  test('the network coming back does not wait for the timer', () => {
    const waiting: State = { name: 'reconnecting', attempt: 6, due: 60_000, opening: false, cause: network }
    expect(story(waiting, [10, { type: 'nudge' }])).toEqual(['reconnecting open'])
    expect(story(playing, [10, { type: 'nudge' }], [30, { type: 'found', found: 'alive' }])).toEqual(['playing check', 'playing'])
  })

  test('a refusal for good closes, another waits as long as it is told', () => {
    const taken = { code: 'slot-taken', status: 409, zh: '', en: '' }
    expect(story({ name: 'connecting', since: 0 }, [5, { type: 'failed', cause: taken, final: true }])).toEqual(['closed end'])
    const busy: Event = { type: 'failed', cause: { code: 'busy', status: 503, zh: '', en: '' }, final: false, wait: 3000 }
    expect(reduce({ name: 'connecting', since: 0 }, busy, 10, 0.5).state).toMatchObject({ name: 'reconnecting', due: 3010 })
  })

  test('close ends every state, and a closed session can start again', () => {
    expect(story(playing, [0, { type: 'close' }], [1, { type: 'heard' }], [2, { type: 'start' }])).toEqual(['closed end', 'closed', 'connecting open'])
  })
})

test('what would be refused again is final; an old ticket, a restart and a crowd are not', () => {
  expect([403, 409, 410].every(isFinal)).toBe(true)
  expect([0, 401, 404, 429, 500, 503].some(isFinal)).toBe(false)
})

describe('several relays', () => {
  test('where another relay is left, a dead one costs no pause', () => {
    const steps = story(playing, [0, { type: 'quiet' }], [9, { type: 'found', found: 'unreachable', elsewhere: true }],
      [20, { type: 'failed', cause: network, final: false, elsewhere: true }], [60, { type: 'connected' }])
    expect(steps).toEqual(['stalled check', 'reconnecting open', 'reconnecting open', 'playing'])
  })
})
