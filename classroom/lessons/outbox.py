"""The outbox of lessons: the `lesson` fact goes into the log that pages follow, and an order to the relays.

An order is written with the change, in one transaction, and sent right after it. What Valkey does not take stays
unsent, and a sweep sends it when Valkey is back; twice does no harm, for every message tells the present state. The
same sweep gives a Valkey that has lost its memory the orders again that still forbid a ticket.
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from datetime import timedelta
from typing import Any, Literal
from uuid import UUID

import structlog
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from admin.models import Person
from classroom.interaction.log import Change, LessonLog, stage_key
from classroom.lessons.models import Lesson, LessonOrder
from classroom.lessons.rules import LONGEST, OPENS_BEFORE, OVERRUN, lesson_state
from classroom.orders import Order, OrderKind, give
from core import database
from core.clock import now, timestamp
from core.connections import Connections
from core.database import Sessions

log = structlog.get_logger()

Kind = Literal["start", "change", "substitute", "end", "shutdown", "delete"]
FOR_RELAYS: dict[str, OrderKind] = {"end": "end", "delete": "end", "shutdown": "shutdown"}
DELETED_HOLDS = 24 * 3600.0
"""Seconds; longer than any ticket of a lesson that could still be deleted."""
LEAST = 60.0
"""Seconds that every order stands, for relays whose clock is behind."""
PATIENCE = 2.0
"""Seconds that a request waits for Valkey; then its answer leaves and the sweep tells later."""
AT_ONCE = 200
DELETED: Mapping[str, Any] = {"state": "ended"}


async def tell(session: AsyncSession, ground: Connections, lesson: Lesson, kind: Kind) -> None:
    """Writes the order down; it leaves when the session's transaction has committed."""
    session.add(LessonOrder(lesson_id=lesson.id, kind=kind, created_at=now()))
    database.after_commit(session, _send_soon, ground, lesson.id)


async def send_unsent(ground: Connections, lesson_id: UUID | None = None) -> int:
    """Sends what waits, the oldest first, of one lesson or of all. Returns how many. Raises Valkey's OUTAGES."""
    async with ground.transaction() as session:
        query = select(LessonOrder).where(LessonOrder.sent_at.is_(None))
        if lesson_id:
            query = query.where(LessonOrder.lesson_id == lesson_id)
        waiting = query.order_by(LessonOrder.created_at).limit(AT_ONCE).with_for_update(skip_locked=True)
        orders = (await session.scalars(waiting)).all()
        ids = [order.lesson_id for order in orders]
        facts, latest = await _facts(session, ids), await _latest(session, ids)
        for order in orders:
            await _send(ground, order, facts.get(order.lesson_id, DELETED), latest.get(order.lesson_id))
            order.sent_at = now()
        return len(orders)


def lesson_fact(sessions: Sessions) -> Callable[[str], Awaitable[Mapping[str, Any] | None]]:
    """What the lesson's socket asks for: the body of the `lesson` fact as it is now, or None without such a lesson."""

    async def fact(lesson: str) -> Mapping[str, Any] | None:
        try:
            lesson_id = UUID(lesson)
        except ValueError:
            return None
        async with sessions() as session:
            return (await _facts(session, [lesson_id])).get(lesson_id)

    return fact


async def _send_soon(ground: Connections, lesson_id: UUID) -> None:
    try:
        async with asyncio.timeout(PATIENCE):
            await send_unsent(ground, lesson_id)
    except Exception as error:  # whatever Valkey has: the change stands, the sweep tells
        log.warning("order_waits", lesson=str(lesson_id), error=str(error) or type(error).__name__)


async def _send(ground: Connections, order: LessonOrder, body: Mapping[str, Any], latest: float | None) -> None:
    lesson, moment = str(order.lesson_id), timestamp()
    changes = [Change(stage_key(lesson, stage), "lesson", "", body) for stage in ("live", "rehearsal")]
    await LessonLog(ground.valkey).append_all(changes)
    if kind := FOR_RELAYS.get(order.kind):
        until = moment + DELETED_HOLDS if latest is None else latest
        await give(ground.valkey, {Order(lesson, kind): max(until, moment + LEAST)}, moment)


async def repeat(session: AsyncSession, ground: Connections) -> None:
    """The orders that still forbid a ticket, for a Valkey that may have lost them. Raises Valkey's OUTAGES."""
    moment, tickets_end = now(), Lesson.ends_at + Lesson.overrun * timedelta(seconds=1)
    lately = Lesson.over_at.between(moment - timedelta(seconds=OPENS_BEFORE + LONGEST + OVERRUN), moment)
    over = select(Lesson.id, Lesson.shutdown_at, tickets_end).where(lately, tickets_end > moment)
    rows = await session.execute(over)
    orders = {Order(str(one), "shutdown" if shut else "end"): until.timestamp() for one, shut, until in rows}
    await give(ground.valkey, orders, moment.timestamp())


async def _latest(session: AsyncSession, ids: list[UUID]) -> dict[UUID, float]:
    """When the last ticket of each lesson runs out, seconds since 1970."""
    rows = await session.scalars(select(Lesson).where(Lesson.id.in_(ids)))
    return {lesson.id: lesson.times.ends_at + lesson.times.overrun for lesson in rows}


async def _facts(session: AsyncSession, ids: list[UUID]) -> dict[UUID, Mapping[str, Any]]:
    query = select(Lesson, Person.name).join(Person, Person.id == Lesson.teacher_id).where(Lesson.id.in_(ids))
    query = query.execution_options(populate_existing=True)
    substitutes = select(Lesson.id, Person.name).join(Person, Person.id == Lesson.substitute_id)
    names = {row.id: row.name for row in await session.execute(substitutes.where(Lesson.id.in_(ids)))}
    rows = await session.execute(query)
    return {lesson.id: _fact(lesson, names.get(lesson.id, name)) for lesson, name in rows}


def _fact(lesson: Lesson, teacher: str) -> Mapping[str, Any]:
    """LessonFact of interaction/messages.py, without number and key."""
    return {
        "state": lesson_state(lesson.times, timestamp()),
        "title": lesson.title,
        "teacher_name": teacher,
        "starts_at": _iso(lesson.starts_at),
        "ends_at": _iso(lesson.ends_at),
        "started_at": _iso(lesson.started_at),
        "ended_at": _iso(lesson.ended_at or lesson.shutdown_at),
        "shutdown_reason": lesson.shutdown_reason,
    }


def _iso(moment: Any) -> str | None:
    return moment.isoformat() if moment else None
