import type { Page } from '../../shared/api'
import type { components } from '../../shared/api-types'
import { either } from '../../shared/i18n'
import { api } from '../account'

type Schemas = components['schemas']
export type Ticket = Schemas['HelpTicket']
export type Step = Schemas['TicketStepOut']
/** "晴隆县 云头教学点"; a county's own ticket is named once. */
export function whereOf(ticket: Pick<Ticket, 'place' | 'place_en' | 'county' | 'county_en'>): string {
  const place = either(ticket.place.name, ticket.place_en)
  return ticket.county && ticket.county !== ticket.place.name ? `${either(ticket.county, ticket.county_en)} ${place}` : place
}
type Query = Record<string, string | number | boolean | null>

export const listTickets = (query: Query): Promise<Page<Ticket>> => api.get('/api/tickets', query)
export const readTicket = (id: string): Promise<Ticket> => api.get(`/api/tickets/${id}`)
export const readSteps = (id: string): Promise<Step[]> => api.get(`/api/tickets/${id}/steps`)
export const takeTicket = (ticket: Ticket): Promise<Ticket> => api.post(`/api/tickets/${ticket.id}/take`, { version: ticket.version })
export const closeTicket = (ticket: Ticket, remedy: string): Promise<Ticket> => api.post(`/api/tickets/${ticket.id}/close`, { version: ticket.version, remedy })
