import { expect, it } from 'vitest'
import type { TicketAnswer } from '../../shared/shapes'
import { Access } from './access'

const answer = (ticket: string): TicketAnswer =>
  ({ ticket, whip_url: 'u', whep_url: 'u', whip_urls: ['u'], whep_urls: ['u'], events_url: 'u', ice_servers: [], expires_at: '', slots: [] })

function counting(takeover: boolean): Access {
  let asked = 0
  return new Access(answer('first'), takeover, () => Promise.resolve(answer(`renewed ${++asked}`)))
}

it('a plain ticket serves again and again until the server calls it stale', async () => {
  const access = counting(false)
  access.hasServed()
  expect([await access.use(false), await access.use(true), await access.use(false)]).toEqual(['first', 'renewed 1', 'renewed 1'])
})

it('a takeover serves one connection only, so that two teachers do not seize the lesson in turns', async () => {
  const access = counting(true)
  expect([await access.use(false), await access.use(false)]).toEqual(['first', 'first'])
  access.hasServed()
  expect(await access.use(false)).toBe('renewed 1')
})
