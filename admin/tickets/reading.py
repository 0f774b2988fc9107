"""Tickets as people see them: their own, and those of the places that they answer for."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any, Literal
from uuid import UUID

from sqlalchemy import ColumnElement, Select, or_, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from admin.models import Organisation, Person, Room
from admin.paging import Order, page
from admin.registry import inside
from admin.rights import Right
from admin.schemas import Named, Page
from admin.tickets.models import Ticket, TicketStep
from admin.tickets.schemas import HelpTicket, TicketStepOut
from admin.who import Actor
from admin.working_days import HERE
from core.errors import Conflict, NotFound

NEWEST = Order((Ticket.created_at, Ticket.id), descending=True)
HOLDER, COUNTY = aliased(Organisation), aliased(Organisation)
OPENER, TAKER = aliased(Person), aliased(Person)


def _told_with() -> Select[*tuple[Any, ...]]:
    names = (Organisation.name_zh.label("place"), COUNTY.name_zh.label("county"), HOLDER.name_zh.label("holder"))
    people = (OPENER.name.label("opener"), TAKER.name.label("taker"), Room.name.label("room"))
    query: Select[*tuple[Any, ...]] = select(Ticket, *names, *people, HOLDER.name_en.label("holder_en"))
    query = query.add_columns(Organisation.name_en.label("place_en"), COUNTY.name_en.label("county_en"))
    query = query.join(Organisation, Organisation.id == Ticket.place_id)
    query = query.outerjoin(COUNTY, COUNTY.id == Organisation.county_id).join(HOLDER, HOLDER.id == Ticket.holder_id)
    query = query.outerjoin(OPENER, OPENER.id == Ticket.created_by).outerjoin(TAKER, TAKER.id == Ticket.taken_by)
    return query.outerjoin(Room, Room.id == Ticket.room_id)


TOLD_WITH = _told_with()


def seen_by(who: Actor, right: Right = "tickets.answer") -> ColumnElement[bool]:
    """Of the places that one answers for, and what one has reported oneself."""
    places = who.places(right)
    own = Ticket.created_by == who.id
    return or_(inside(places), own) if places else own


@dataclass(frozen=True)
class Wanted:
    state: str | None = None
    mine: Literal["turn", "taken"] | None = None
    """Those that wait at one's own places, or that one has taken."""
    day: date | None = None
    """Reported on it, or from it on where there is an `until`."""
    until: date | None = None
    place: UUID | None = None
    """The county."""


def conditions(who: Actor, wanted: Wanted) -> list[ColumnElement[bool]]:
    found = [seen_by(who)]
    if wanted.state:
        found.append(Ticket.state != "closed" if wanted.state == "unclosed" else Ticket.state == wanted.state)
    if wanted.mine == "turn":
        found.append(whose_turn(who))
    if wanted.mine == "taken":
        found.append(Ticket.taken_by == who.id)
    if wanted.day:
        last = datetime.combine((wanted.until or wanted.day) + timedelta(days=1), time(), HERE)
        found += [Ticket.created_at >= datetime.combine(wanted.day, time(), HERE), Ticket.created_at < last]
    if wanted.place:
        found.append(Organisation.county_id == wanted.place)
    return found


def whose_turn(who: Actor) -> ColumnElement[bool]:
    return Ticket.holder_id.in_(who.place_ids("tickets.answer"))


async def tickets(session: AsyncSession, who: Actor, wanted: Wanted, after: str | None, limit: int) -> Page[HelpTicket]:
    query = TOLD_WITH.where(*conditions(who, wanted))
    rows, total, following = await page(session, query, NEWEST, after, limit)
    return Page(items=[told(row) for row in rows], total=total, next=following)


async def ticket(session: AsyncSession, who: Actor, ticket_id: UUID) -> HelpTicket:
    row = (await session.execute(TOLD_WITH.where(seen_by(who), Ticket.id == ticket_id))).first()
    if row is None:
        raise unknown()
    return told(row)


async def steps(session: AsyncSession, who: Actor, ticket_id: UUID) -> list[TicketStepOut]:
    await ticket(session, who, ticket_id)
    query = select(TicketStep, Person.name).outerjoin(Person, Person.id == TicketStep.by)
    rows = await session.execute(query.where(TicketStep.ticket_id == ticket_id).order_by(TicketStep.at, TicketStep.id))
    return [_step(step, name) for step, name in rows]


async def reachable(session: AsyncSession, who: Actor, right: Right, ticket_id: UUID, version: int) -> Ticket:
    """Locked. Raises NotFound outside the asker's places, Conflict when another was first."""
    query = select(Ticket).join(Organisation, Organisation.id == Ticket.place_id)
    query = query.where(Ticket.id == ticket_id, inside(who.places(right)))
    found = (await session.scalars(query.with_for_update(of=Ticket))).first()
    if found is None:
        raise unknown()
    if found.version != version:
        zh, en = "刚刚有人动过这件事，请重新打开。", "Somebody was at it just now; open it again."
        raise Conflict("changed-meanwhile", zh=zh, en=en, state=found.state)
    return found


def unknown() -> NotFound:
    return NotFound(
        "ticket-unknown", zh="没有这件事，或不在您的范围内。", en="There is no such ticket within your place."
    )


def told(row: Any) -> HelpTicket:
    one: Ticket = row[0]
    plain = {name: getattr(one, name) for name in ("id", "kind", "words", "lesson_id", "diagnosis", "state", "tier")}
    plain |= {name: getattr(one, name) for name in ("due_at", "created_at", "remedy", "version")}
    people = {"created_by": _named(one.created_by, row.opener), "taken_by": _named(one.taken_by, row.taker)}
    places = {"place": _named(one.place_id, row.place), "holder": _named(one.holder_id, row.holder)}
    places |= {"room": _named(one.room_id, row.room), "county": row.county, "county_en": row.county_en}
    places |= {"place_en": row.place_en, "holder_en": row.holder_en}
    return HelpTicket.model_validate(plain | people | places | {"code": one.id.hex[-6:].upper()})


def _named(id: UUID | None, name: str | None) -> Named | None:
    return Named(id=id, name=name or "") if id else None


def _step(step: TicketStep, name: str | None) -> TicketStepOut:
    plain = {"at": step.at, "step": step.step, "tier": step.tier, "words": step.words}
    return TicketStepOut.model_validate(plain | {"by": _named(step.by, name)})
