"""Calendars at addresses that nobody can guess: of a person, a room or a school. Only the secret's digest is kept."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING
from uuid import UUID

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.ext.asyncio import AsyncSession
from starlette.requests import Request

from admin.models import Assignment, Organisation, Person, Room
from admin.paging import Order, page
from admin.registry import inside
from admin.rights import Right
from admin.schemas import NamedPlace, Page
from admin.today import today
from admin.who import Actor, not_your_place
from core import audit
from core.clock import now
from core.errors import Conflict, Gone, NotFound, NotValid
from core.ids import new_id
from core.settings import WebSettings, load
from scheduling.plan.courses import names_of
from scheduling.timetable import settings
from scheduling.timetable.editions import dated_of
from scheduling.timetable.models import Feed, PublishedLesson, Setting, Version
from scheduling.timetable.published_schemas import FeedMade, FeedNew, FeedOut
from scheduling.timetable.viewing import named

if TYPE_CHECKING:
    from scheduling.release.feed import Told

NEWEST = Order((Feed.made_at, Feed.id), descending=True)
MOST = 20
"""Addresses in use of one person, room or school."""
BEHIND = timedelta(days=60)
"""How long a lesson stays in calendars."""
TO_THE_HOUR = {"minute": 0, "second": 0, "microsecond": 0}


async def listed(session: AsyncSession, who: Actor, after: str | None, limit: int) -> Page[FeedOut]:
    query = select(Feed).where(Feed.revoked_at.is_(None), _reachable(who))
    rows, total, following = await page(session, query, NEWEST, after, limit)
    return Page(items=await _out(session, [row[0] for row in rows]), total=total, next=following)


async def make(session: AsyncSession, who: Actor, body: FeedNew, request: Request) -> FeedMade:
    from scheduling.release.feed import digest, new_secret  # it brings icalendar

    whom = body.who_id or who.id
    await _must_reach(session, who, body, whom)
    used = select(Feed.id).where(Feed.who_id == whom, Feed.revoked_at.is_(None)).limit(MOST)
    if len((await session.scalars(used)).all()) >= MOST:
        zh, en = f"已有 {MOST} 个日历地址，请先停掉不用的。", f"There are {MOST} addresses already; revoke some first."
        raise Conflict("too-many-feeds", zh=zh, en=en)
    secret = new_secret()
    row = Feed(id=new_id(), digest=digest(secret), kind=body.kind, who_id=whom, made_by=who.id, made_at=now())
    session.add(row)
    await session.flush()
    after = {"kind": body.kind, "who": str(whom)}
    await audit.record(session, who.id, "calendar-feed.create", f"calendar-feed:{row.id}", after=after, request=request)
    address = f"{load(WebSettings).url}/api/calendars/{secret}.ics"
    return FeedMade(**(await _out(session, [row]))[0].model_dump(), url=address)


async def revoke(session: AsyncSession, who: Actor, own: UUID, request: Request) -> None:
    query = select(Feed).where(Feed.id == own, Feed.revoked_at.is_(None), _reachable(who))
    row = (await session.scalars(query.with_for_update())).first()
    if row is None:
        raise NotFound(
            "feed-unknown", zh="没有这个日历地址，可能已停用。", en="There is no such address, or no longer."
        )
    row.revoked_at = now()
    await audit.record(session, who.id, "calendar-feed.revoke", f"calendar-feed:{own}", request=request)


async def read(session: AsyncSession, secret: str) -> tuple[bytes, str]:
    """The calendar, and its ETag. Raises NotFound, Gone."""
    from scheduling.release.feed import calendar, digest

    moment = now()
    row = (await session.scalars(select(Feed).where(Feed.digest == digest(secret)))).first()
    if row is None:
        zh, en = "没有这个日历地址，请重新复制一次。", "There is no such calendar; copy its address again."
        raise NotFound("feed-unknown", zh=zh, en=en)
    name = await _owner(session, row)
    lessons, changed = await _lessons(session, row, moment.date() - BEHIND)
    await _note(row, moment)
    written = calendar(f"{name}的送教课表", lessons, changed or row.made_at)
    return written, f'"{hashlib.sha256(written).hexdigest()[:32]}"'


async def _owner(session: AsyncSession, row: Feed) -> str:
    """The owner's name. Raises Gone for an address that was revoked or whose owner has left."""
    zh, en = "这个日历地址已停用，请在送教里重新订阅。", "This address was revoked; subscribe anew in Songjiao."
    if row.revoked_at is not None:
        raise Gone("feed-revoked", zh=zh, en=en)
    there: ColumnElement[bool]
    if row.kind == "person":
        query, there = select(Person.name), (Person.id == row.who_id) & Person.disabled_at.is_(None)
    elif row.kind == "room":
        query, there = select(Room.name), Room.id == row.who_id
    else:
        query = select(Organisation.name_zh)
        there = (Organisation.id == row.who_id) & (Organisation.ended.is_(None) | (Organisation.ended > today()))
    name = await session.scalar(query.where(there))
    if name is None:
        zh, en = "这个日历的主人已不在名册里，请退订。", "The owner of this calendar has left; unsubscribe it."
        raise Gone("feed-owner-gone", zh=zh, en=en)
    return name


async def _lessons(session: AsyncSession, row: Feed, since: date) -> tuple[list["Told"], datetime | None]:
    """What stands in the calendar, cancelled lessons too, and when the newest of it was published. A lesson that went
    to somebody else is told as cancelled to whom it left."""
    from scheduling.release.feed import Told

    query = select(PublishedLesson, Setting, Version.published_at).join(
        Setting, Setting.id == PublishedLesson.setting_id
    )
    query = query.join(Version, Version.id == PublishedLesson.version_id)
    query = query.where(PublishedLesson.until.is_(None), PublishedLesson.parties.contains([row.who_id]))
    query = query.where(PublishedLesson.starts_at >= datetime(since.year, since.month, since.day, tzinfo=UTC))
    rows = (await session.execute(query.order_by(PublishedLesson.starts_at, PublishedLesson.id))).all()
    names = await names_of(session, {one for _, setting, _ in rows for one in settings.ids_of(setting)})
    told = []
    for lesson, setting, _ in rows:
        dated = dated_of(lesson, setting, settings.who(setting))
        if lesson.substitute_id and row.who_id == setting.lead_id:
            dated = replace(dated, cancelled=True)
        told.append(Told(dated, setting.name, _where(row, setting, names), _note_of(lesson, setting, names)))
    return told, max((published for _, _, published in rows), default=None)


def _where(row: Feed, setting: Setting, names: Mapping[UUID, NamedPlace]) -> str:
    """The room where the calendar's owner is; for a school and a lead teacher the sending one."""
    for seat in setting.seats:
        if str(row.who_id) in (seat["assistant"], seat["room"]):
            return named(names, UUID(seat["room"])).name
    return named(names, setting.room_id).name


def _note_of(lesson: PublishedLesson, setting: Setting, names: Mapping[UUID, NamedPlace]) -> str:
    lead = named(names, setting.lead_id).name
    classes = "、".join(named(names, UUID(seat["class"])).name for seat in setting.seats)
    chapter = settings.chapter_of(setting, lesson.week)
    parts = (f"主讲：{lead}", f"听课：{classes}", chapter and f"进度：{chapter}", lesson.reason)
    return "\n".join(part for part in parts if part)


async def _note(row: Feed, moment: datetime) -> None:
    """To the hour: calendars ask often, and a row need not be written each time."""
    hour = moment.replace(**TO_THE_HOUR)  # type: ignore[arg-type]
    if row.read_at is None or row.read_at < hour:
        row.read_at = hour


def _reachable(who: Actor) -> ColumnElement[bool]:
    """One's own and those one made; for who plans also those of people, rooms and schools of the place."""
    mine: list[ColumnElement[bool]] = [Feed.who_id == who.id, Feed.made_by == who.id]
    if places := who.places("plan.change"):
        below = select(Organisation.id).where(inside(places))
        people = select(Assignment.person_id).where(Assignment.organisation_id.in_(below))
        rooms = select(Room.id).where(Room.school_id.in_(below))
        mine += [Feed.who_id.in_(below), Feed.who_id.in_(people), Feed.who_id.in_(rooms)]
    return or_(*mine)


async def _must_reach(session: AsyncSession, who: Actor, body: FeedNew, whom: UUID) -> None:
    if body.kind == "person" and whom == who.id:
        return
    if body.who_id is None:
        zh, en = "请写是哪间教室或哪所学校。", "Say of which room or school."
        raise NotValid("feed-of-whom", zh=zh, en=en)
    paths = {
        "person": select(Organisation.path)
        .join(Assignment, Assignment.organisation_id == Organisation.id)
        .where(Assignment.person_id == whom),
        "room": select(Organisation.path).join(Room, Room.school_id == Organisation.id).where(Room.id == whom),
        "school": select(Organisation.path).where(Organisation.id == whom),
    }
    right: Right = "calendar.read" if body.kind != "person" else "plan.change"
    if not any(who.may(right, path) for path in await session.scalars(paths[body.kind])):
        raise not_your_place()


async def _out(session: AsyncSession, rows: Sequence[Feed]) -> list[FeedOut]:
    names = await names_of(session, [one for row in rows for one in (row.who_id, row.made_by)])
    return [
        FeedOut(
            id=row.id,
            kind=row.kind,
            who=named(names, row.who_id),
            made_at=row.made_at,
            made_by=named(names, row.made_by),
            read_at=row.read_at,
        )
        for row in rows
    ]
