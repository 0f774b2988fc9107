"""Writing a version: its lessons as rows that never change again, the classroom's lessons, notices and the audit."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select, text, update
from sqlalchemy.ext.asyncio import AsyncSession

from admin.bulk import copy_rows
from admin.models import Person
from admin.paging import one_of
from core.ids import new_id
from scheduling.calendar.models import TermRow
from scheduling.model import Id
from scheduling.release.changes import Change, Dated, What, concerned
from scheduling.timetable import settings
from scheduling.timetable.booking import Booking, Written, book, lesson_id, silent
from scheduling.timetable.models import PublishedLesson, Setting, Version
from scheduling.timetable.settings import Party

Key = tuple[Id, int, int]
KEEPER = 7_310_018
"""Any number, the same everywhere: of the advisory lock under which versions get their numbers."""
IN_FORCE = PublishedLesson.until.is_(None)


@dataclass
class Standing:
    """What is in force of a place and term."""

    rows: dict[Key, PublishedLesson] = field(default_factory=dict)
    settings: dict[UUID, Setting] = field(default_factory=dict)

    @property
    def lessons(self) -> list[Dated]:
        who = {own: settings.who(setting) for own, setting in self.settings.items()}
        return [dated_of(row, self.settings[row.setting_id], who[row.setting_id]) for row in self.rows.values()]


@dataclass
class Edition:
    """What a version is to say. `made` are settings that it brings, by course; other lessons keep theirs."""

    version: Version
    term: TermRow
    changes: Sequence[Change]
    standing: Standing
    made: Mapping[Id, Setting]
    reason: str = ""


async def alone(session: AsyncSession, term: UUID, place: UUID) -> None:
    """Until the transaction ends, nobody else publishes for the place and term."""
    key = (term.int ^ place.int) & 0x7FFF_FFFF
    await session.execute(text("SELECT pg_advisory_xact_lock(:keeper, :key)"), {"keeper": KEEPER, "key": key})


async def standing_of(session: AsyncSession, term: UUID, place: UUID) -> Standing:
    query = select(PublishedLesson, Setting).join(Setting, Setting.id == PublishedLesson.setting_id)
    query = query.where(PublishedLesson.term_id == term, PublishedLesson.place_id == place, IN_FORCE)
    found = Standing()
    for row, setting in await session.execute(query.order_by(PublishedLesson.starts_at, PublishedLesson.id)):
        found.rows[str(row.course_id), row.week, row.number] = row
        found.settings[setting.id] = setting
    return found


def dated_of(row: PublishedLesson, setting: Setting, who: tuple[Id, ...]) -> Dated:
    return Dated(
        str(row.course_id),
        row.week,
        row.number,
        row.starts_at,
        row.ends_at,
        row.sequence,
        row.cancelled,
        who,
        str(row.substitute_id) if row.substitute_id else None,
        row.by_hand,
        (setting.textbook, settings.chapter_of(setting, row.week)),
        tuple(sorted(map(str, row.away))),
    )


async def newest_version(session: AsyncSession, term: UUID, place: UUID) -> Version | None:
    query = select(Version).where(Version.term_id == term, Version.place_id == place)
    return (await session.scalars(query.order_by(Version.number.desc()).limit(1))).first()


def next_one(last: Version | None, term: UUID, place: UUID, note: str, by: UUID | None, moment: datetime) -> Version:
    """Not yet written; lessons, counts and placements are still to be filled in."""
    number = last.number + 1 if last else 1
    return Version(
        id=new_id(), term_id=term, place_id=place, number=number, note=note, published_at=moment, published_by=by,
        lessons=0, counts={}, placements=last.placements if last else [],
    )  # fmt: skip


async def issue(session: AsyncSession, edition: Edition, written: Written = silent) -> dict[UUID, int]:
    """Raises Conflict when somebody or a room is booked already. Returns the people it touches, with how many of their
    lessons. The caller holds `alone`."""
    version, touched = edition.version, concerned(edition.changes)
    people = await people_among(session, touched)
    version.counts = counted(edition.changes) | {"people": len(people), "rooms": rooms_among(edition, touched)}
    session.add(version)
    await session.flush()
    session.add_all(edition.made.values())
    await session.flush()
    used = {change.after.key: _setting(edition, change) for change in edition.changes}
    parties = await settings.parties(session, used.values())
    old = [edition.standing.rows[one.after.key].id for one in edition.changes if one.before]
    await session.execute(update(PublishedLesson).where(one_of(PublishedLesson.id, old)).values(until=version.number))
    if edition.changes:
        rows = [_row(edition, change, used[change.after.key], parties) for change in edition.changes]
        await copy_rows(session, PublishedLesson, list(rows[0]), (list(row.values()) for row in rows))
    await _book(session, edition, used, parties, written)
    return {one: len(touched[str(one)]) for one in people}


def counted(changes: Sequence[Change]) -> dict[str, int]:
    return {what.value: sum(one.what is what for one in changes) for what in What}


def _setting(edition: Edition, change: Change) -> Setting:
    if change.after.course in edition.made and not (change.after.cancelled and change.before):
        return edition.made[change.after.course]
    row = edition.standing.rows[change.after.key]
    return edition.standing.settings[row.setting_id]


def _row(edition: Edition, change: Change, setting: Setting, parties: Mapping[UUID, Party]) -> dict[str, Any]:
    after, version = change.after, edition.version
    before = edition.standing.rows[after.key] if change.before else None
    everybody, substitute = parties[setting.id].everybody, UUID(after.substitute) if after.substitute else None
    return {
        "id": new_id(),
        "version_id": version.id,
        "term_id": version.term_id,
        "place_id": version.place_id,
        "course_id": UUID(after.course),
        "week": after.week,
        "number": after.number,
        "before_id": before.id if before else None,
        "what": change.what.value,
        "starts_at": after.starts,
        "ends_at": after.ends,
        "sequence": after.sequence,
        "cancelled": after.cancelled,
        "by_hand": after.by_hand,
        "substitute_id": substitute,
        "reason": edition.reason,
        "setting_id": setting.id,
        "parties": list(everybody | {substitute} if substitute else everybody),
        "away": [UUID(one) for one in after.away],
        "lesson_id": lesson_id(*after.key),
    }


async def _book(
    session: AsyncSession,
    edition: Edition,
    used: Mapping[Key, Setting],
    parties: Mapping[UUID, Party],
    written: Written,
) -> None:
    gone = {lesson_id(*one.after.key): one.after.starts for one in edition.changes if one.after.cancelled}
    bookings = [
        _booking(one.after, used[one.after.key], parties, edition.term)
        for one in edition.changes
        if not one.after.cancelled
    ]
    await book(session, bookings, gone, edition.version.published_by, written)


def _booking(after: Dated, setting: Setting, parties: Mapping[UUID, Party], term: TermRow) -> Booking:
    party = settings.without(parties[setting.id], setting, after.away)
    return Booking(
        id=lesson_id(*after.key),
        words={
            "title": setting.name,
            "subject": setting.subject,
            "grade": setting.grade,
            "kind": setting.kind.replace("-", "_"),
            "textbook_version": setting.textbook or "按学校教材",
            "volume": "上" if term.number == 1 else "下",
            "chapter": settings.chapter_of(setting, after.week) or f"第 {after.week} 周第 {after.number} 节",
        },
        starts_at=after.starts,
        ends_at=after.ends,
        lead=setting.lead_id,
        substitute=UUID(after.substitute) if after.substitute else None,
        rooms=party.rooms,
        others=party.others,
        places=party.places,
    )


async def people_among(session: AsyncSession, touched: Mapping[Id, Sequence[Change]]) -> list[UUID]:
    query = select(Person.id).where(one_of(Person.id, touched), Person.disabled_at.is_(None))
    return list((await session.scalars(query)).all())


def rooms_among(edition: Edition, touched: Mapping[Id, Sequence[Change]]) -> int:
    known = [*edition.made.values(), *edition.standing.settings.values()]
    rooms = {str(room) for setting in known for room in settings.rooms_of(setting)}
    return len(rooms & touched.keys())
