"""Opening, taking, closing and handing up tickets."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from starlette.requests import Request

from admin.models import Assignment, Organisation, Person, Room
from admin.notices.outbox import tell
from admin.rights import RIGHTS_OF
from admin.tickets import rules
from admin.tickets.models import Ticket, TicketStep
from admin.tickets.reading import reachable
from admin.tickets.rules import Holder
from admin.tickets.schemas import TicketNew
from admin.tree import ancestors
from admin.who import Actor, not_your_place
from admin.working_days import HERE, Calendar, calendar, local_day
from core import audit
from core.errors import NotValid
from core.ids import new_id

ANSWERING = tuple(role for role, rights in RIGHTS_OF.items() if "tickets.answer" in rights)


async def open_ticket(session: AsyncSession, who: Actor, body: TicketNew, moment: datetime, request: Request) -> UUID:
    room, school = await _where(session, who, body.room_id)
    holders = await holders_of(session, school.path)
    holder = rules.first(holders)
    row = Ticket(id=new_id(), place_id=school.id, version=1, created_by=who.id, created_at=moment, state="open")
    row.room_id, row.kind, row.words, row.lesson_id = room.id if room else None, body.kind, body.words, body.lesson_id
    row.diagnosis, row.remedy = body.diagnosis.model_dump(exclude_none=True), ""
    row.holder_id, row.tier = holder.id, holder.tier
    row.due_at = rules.due(holders, holder, body.lesson_id is not None, moment, await calendar(session))
    session.add(row)
    await session.flush()
    _note(session, row, "open", who.id, body.words, moment)
    await _tell_holder(session, row, "ticket.opened", moment)
    after = {"kind": body.kind, "tier": row.tier}
    await audit.record(session, who.id, "ticket.open", f"ticket:{row.id}", after=after, request=request)
    return row.id


async def _where(session: AsyncSession, who: Actor, room_id: UUID | None) -> tuple[Room | None, Organisation]:
    """The room that was named, or the asker's own; else the place of the asker's role."""
    if wanted := room_id or who.room_id:
        room = await session.get(Room, wanted)
        school = await session.get(Organisation, room.school_id) if room else None
        if school is None or not who.may("tickets.open", school.path):
            raise not_your_place()
        return room, school
    path = next(iter(who.places("tickets.open")))
    return None, await session.get_one(Organisation, ancestors(path)[-1])


async def holders_of(session: AsyncSession, path: str) -> list[Holder]:
    """From the school upwards: the places at which somebody holds a role that answers tickets. A tier without anybody
    is passed over, so that no time is lost on an empty chair; where there is nobody at all, the place itself."""
    line = list(reversed(ancestors(path)))
    query = select(Organisation.id, Organisation.tier).where(Organisation.id.in_(line))
    staffed = select(Assignment.organisation_id).join(Person, Person.id == Assignment.person_id)
    staffed = staffed.where(Assignment.role.in_(ANSWERING), Person.disabled_at.is_(None))
    rows = await session.execute(query.where(Organisation.id.in_(staffed)))
    found = {row.id: Holder(row.id, row.tier) for row in rows}
    holders = [found[one] for one in line if one in found]
    if holders:
        return holders
    place = await session.get_one(Organisation, line[0])
    return [Holder(place.id, place.tier)]


async def take(
    session: AsyncSession, who: Actor, ticket_id: UUID, version: int, moment: datetime, request: Request
) -> None:
    row = await reachable(session, who, "tickets.answer", ticket_id, version)
    if problem := rules.take_refused(row.state):
        raise problem
    row.state, row.taken_by, row.due_at = "taken", who.id, None
    row.version += 1
    _note(session, row, "take", who.id, "", moment)
    await _tell_opener(session, row, "ticket.taken", {"by": who.name}, moment)
    await audit.record(session, who.id, "ticket.take", f"ticket:{row.id}", request=request)


async def close(
    session: AsyncSession, who: Actor, ticket_id: UUID, version: int, remedy: str, moment: datetime, request: Request
) -> None:
    row = await reachable(session, who, "tickets.answer", ticket_id, version)
    if problem := rules.close_refused(row.state, row.taken_by, who.id):
        raise problem
    row.state, row.remedy = "closed", remedy
    row.version += 1
    _note(session, row, "close", who.id, remedy, moment)
    await _tell_opener(session, row, "ticket.closed", {"remedy": remedy}, moment)
    await audit.record(session, who.id, "ticket.close", f"ticket:{row.id}", after={"remedy": remedy}, request=request)


async def hand_up(session: AsyncSession, moment: datetime) -> int:
    """Every open ticket whose time has passed goes one tier up; how many did."""
    late = select(Ticket).where(Ticket.due_at <= moment, Ticket.state == "open").order_by(Ticket.due_at).limit(200)
    rows: Sequence[Ticket] = (await session.scalars(late.with_for_update(skip_locked=True))).all()
    days = await calendar(session) if rows else Calendar()
    for row in rows:
        school = await session.get_one(Organisation, row.place_id)
        holders = await holders_of(session, school.path)
        holder = rules.above(holders, row.holder_id)
        if holder is None:
            row.due_at = None
            continue
        row.holder_id, row.tier = holder.id, holder.tier
        row.due_at = rules.due(holders, holder, row.lesson_id is not None, moment, days)
        row.version += 1
        _note(session, row, "escalate", None, "", moment)
        await _tell_holder(session, row, "ticket.escalated", moment)
        after = {"tier": row.tier}
        await audit.record(session, None, "ticket.escalate", f"ticket:{row.id}", after=after)
    return len(rows)


def _note(session: AsyncSession, row: Ticket, step: str, by: UUID | None, words: str, moment: datetime) -> None:
    taken = TicketStep(id=new_id(), ticket_id=row.id, at=moment, by=by, step=step, tier=row.tier, words=words)
    session.add(taken)


async def _tell_holder(session: AsyncSession, row: Ticket, kind: str, moment: datetime) -> None:
    """Whoever answers at the place whose turn it is, but not the one who reported it."""
    held = select(Assignment.person_id).where(
        Assignment.organisation_id == row.holder_id, Assignment.role.in_(ANSWERING)
    )
    people = [one for one in await session.scalars(held) if one != row.created_by]
    zh, en = rules.TIER_NAMES.get(row.tier, (row.tier, row.tier))
    values = {"tier_zh": zh, "tier_en": en, "due": _clock(row.due_at, moment) if row.due_at else ""}
    kind = kind if row.due_at else "ticket.at-the-top"
    await tell(session, people, kind, await _values(session, row) | values, f"/tickets/{row.id}", moment)


async def _tell_opener(session: AsyncSession, row: Ticket, kind: str, more: dict[str, str], moment: datetime) -> None:
    if row.created_by:
        values = await _values(session, row) | more
        await tell(session, [row.created_by], kind, values, f"/tickets/{row.id}", moment)


async def _values(session: AsyncSession, row: Ticket) -> dict[str, Any]:
    place = await session.get_one(Organisation, row.place_id)
    room = await session.get(Room, row.room_id) if row.room_id else None
    zh, en = rules.KINDS[row.kind]
    return {"place": place.name_zh, "room": room.name if room else "", "kind_zh": zh, "kind_en": en}


def _clock(due: datetime, moment: datetime) -> str:
    """The clock time, with its day unless that is today."""
    today = local_day(due) == local_day(moment)
    return due.astimezone(HERE).strftime("%H:%M" if today else "%m-%d %H:%M")


def check_words(body: TicketNew) -> None:
    """Raises NotValid for "something else" without a word about it."""
    if body.kind == "other" and not body.words:
        raise NotValid("words-missing", zh="选了“其他”，请写一句。", en="Something else: write a sentence.")
