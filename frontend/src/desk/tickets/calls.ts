import type { Page } from '../../shared/api'
import type { components } from '../../shared/api-types'
import { api } from '../account'

type Schemas = components['schemas']
export type Ticket = Schemas['HelpTicket']
export type Step = Schemas['TicketStepOut']
type Query = Record<string, string | number | boolean | null>

export const listTickets = (query: Query): Promise<Page<Ticket>> => api.get('/api/tickets', query)
export const readTicket = (id: string): Promise<Ticket> => api.get(`/api/tickets/${id}`)
export const readSteps = (id: string): Promise<Step[]> => api.get(`/api/tickets/${id}/steps`)
export const takeTicket = (ticket: Ticket): Promise<Ticket> => api.post(`/api/tickets/${ticket.id}/take`, { version: ticket.version })
export const closeTicket = (ticket: Ticket, remedy: string): Promise<Ticket> => api.post(`/api/tickets/${ticket.id}/close`, { version: ticket.version, remedy })
