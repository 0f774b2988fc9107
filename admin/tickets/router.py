from datetime import date
from typing import Annotated, Literal
from uuid import UUID

from fastapi import APIRouter, Query, Request

from admin.answers import PROBLEMS
from admin.paging import DEFAULT_LIMIT, After, Limit
from admin.schemas import Page
from admin.tickets import actions, reading
from admin.tickets.schemas import HelpTicket, TicketClose, TicketNew, TicketStepOut, TicketTake
from admin.who import Actor, require
from core.clock import now
from core.database import Session

router = APIRouter(prefix="/api/tickets", tags=["tickets"], responses=PROBLEMS)
Opener = Annotated[Actor, require("tickets.open")]
Answerer = Annotated[Actor, require("tickets.answer")]
State = Annotated[Literal["open", "taken", "closed", "unclosed"] | None, Query()]
Mine = Annotated[Literal["turn", "taken"] | None, Query(description="those at one's own places, or that one took")]
Day = Annotated[date | None, Query(ge=date(2000, 1, 1), le=date(2199, 12, 31))]


@router.post("", status_code=201)
async def open_ticket(body: TicketNew, session: Session, who: Opener, request: Request) -> HelpTicket:
    """The "help" button. Who is at the school is told first; untaken, it goes up tier by tier."""
    actions.check_words(body)
    ticket_id = await actions.open_ticket(session, who, body, now(), request)
    await session.flush()
    return await reading.ticket(session, who, ticket_id)


@router.get("")
async def list_tickets(
    session: Session,
    who: Opener,
    state: State = None,
    mine: Mine = None,
    day: Day = None,
    until: Day = None,
    place: UUID | None = None,
    after: After = None,
    limit: Limit = DEFAULT_LIMIT,
) -> Page[HelpTicket]:
    """One's own, and those of the places that one answers for. `day` is that of the report, with `until` the first of
    several; `place` is a county."""
    return await reading.tickets(session, who, reading.Wanted(state, mine, day, until, place), after, limit)


@router.get("/{ticket_id}")
async def show_ticket(ticket_id: UUID, session: Session, who: Opener) -> HelpTicket:
    return await reading.ticket(session, who, ticket_id)


@router.get("/{ticket_id}/steps")
async def show_steps(ticket_id: UUID, session: Session, who: Opener) -> list[TicketStepOut]:
    return await reading.steps(session, who, ticket_id)


@router.post("/{ticket_id}/take")
async def take(ticket_id: UUID, body: TicketTake, session: Session, who: Answerer, request: Request) -> HelpTicket:
    await actions.take(session, who, ticket_id, body.version, now(), request)
    await session.flush()
    return await reading.ticket(session, who, ticket_id)


@router.post("/{ticket_id}/close")
async def close(ticket_id: UUID, body: TicketClose, session: Session, who: Answerer, request: Request) -> HelpTicket:
    await actions.close(session, who, ticket_id, body.version, body.remedy, now(), request)
    await session.flush()
    return await reading.ticket(session, who, ticket_id)
