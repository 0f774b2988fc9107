"""Telling people: never lost, never twice. A notice and what of it is to be sent are written in the transaction of what
happened, so that neither is there without the other. A job takes one row at a time under its lock, which no second
worker can hold, sends it, and marks it in the same transaction; a refusal puts it off, longer each time. Only a crash
between the receiver's yes and the commit sends again, and then with the same key."""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import structlog
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from admin.models import Person
from admin.notices.channels import FAILURES, Channels, Message
from admin.notices.models import Notice, Outgoing, Way
from admin.notices.templates import TEMPLATES, body, subject
from admin.paging import one_of
from core.clock import now
from core.ids import new_id

PAUSES = tuple(timedelta(seconds=seconds) for seconds in (10, 30, 120, 600, 3600, 4 * 3600, 12 * 3600))
"""After each refusal; after the last one the row is given up, and stays in the table for people to see."""
log = structlog.get_logger()


async def tell(
    session: AsyncSession, people: Iterable[UUID], kind: str, values: Mapping[str, Any], page: str, moment: datetime
) -> None:
    """In the app, and on every way that each of them has named."""
    await tell_all(session, kind, [(people, values, page)], moment)


async def tell_all(
    session: AsyncSession,
    kind: str,
    told: Iterable[tuple[Iterable[UUID], Mapping[str, Any], str]],
    moment: datetime,
) -> None:
    """The same kind with other values to others: (people, values, page) each. A few statements for any number."""
    assert kind in TEMPLATES
    notices = [
        Notice(id=new_id(), person_id=one, kind=kind, values=dict(values), page=page, at=moment)
        for people, values, page in told
        for one in set(people)
    ]
    session.add_all(notices)
    await session.flush()
    ways: dict[UUID, list[Way]] = {}
    for way in await session.scalars(select(Way).where(one_of(Way.person_id, {one.person_id for one in notices}))):
        ways.setdefault(way.person_id, []).append(way)
    for notice in notices:
        for way in ways.get(notice.person_id, ()):
            row = Outgoing(id=new_id(), notice_id=notice.id, channel=way.channel, address=way.address)
            row.tries, row.next_at, row.said = 0, moment, ""
            session.add(row)


async def send_next(session: AsyncSession, channels: Channels, moment: datetime) -> bool:
    """Sends one row that is due; whether there was one. The caller commits, which marks it."""
    due = select(Outgoing).where(Outgoing.next_at <= moment).order_by(Outgoing.next_at).limit(1)
    row = (await session.scalars(due.with_for_update(skip_locked=True))).first()
    if row is None:
        return False
    notice = await session.get_one(Notice, row.notice_id)
    person = await session.get_one(Person, notice.person_id)
    words = (notice.kind, notice.values, person.language)
    message = Message(row.id.hex, row.address, subject(*words), body(*words))
    row.tries += 1
    try:
        send = channels.get(row.channel)
        if send is None:
            row.next_at, row.said = moment + PAUSES[-1], "not configured"
            return True
        await send(message)
    except FAILURES as failure:
        row.next_at, row.said = after_refusal(row.tries, moment), f"{type(failure).__name__}: {failure}"[:300]
        log.warning("a notice was not taken", channel=row.channel, tries=row.tries, said=row.said)
    else:
        row.next_at, row.sent_at, row.said = None, now(), ""
    return True


def after_refusal(tries: int, moment: datetime) -> datetime | None:
    return moment + PAUSES[tries - 1] if tries <= len(PAUSES) else None
