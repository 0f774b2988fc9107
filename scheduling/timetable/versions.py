"""Versions, and what each changed: all of it, or what touches one person, class or room."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from admin.models import Organisation
from admin.paging import Order, page
from admin.registry import inside
from admin.schemas import Page
from admin.who import Actor
from core.errors import NotFound
from scheduling.calendar.terms import reach
from scheduling.plan.courses import names_of
from scheduling.timetable import settings
from scheduling.timetable.models import PublishedLesson, Setting, Version
from scheduling.timetable.published_schemas import ChangeOut, VersionOut
from scheduling.timetable.publishing import versions_out

NEWEST = Order((Version.published_at, Version.id), descending=True)
IN_TIME = Order((PublishedLesson.starts_at, PublishedLesson.id))
Before, SettingBefore = aliased(PublishedLesson), aliased(Setting)


async def listed(
    session: AsyncSession, who: Actor, term: UUID, place: UUID | None, after: str | None, limit: int
) -> Page[VersionOut]:
    query = select(Version).where(Version.term_id == term)
    if place is not None:
        query = query.where(Version.place_id == (await reach(session, who, "plan.read", place)).id)
    else:
        query = query.where(Version.place_id.in_(select(Organisation.id).where(inside(who.places("plan.read")))))
    rows, total, following = await page(session, query, NEWEST, after, limit)
    return Page(items=await versions_out(session, [row[0] for row in rows]), total=total, next=following)


async def changes(
    session: AsyncSession, who: Actor, version: UUID, of: UUID | None, after: str | None, limit: int
) -> Page[ChangeOut]:
    row = await session.get(Version, version)
    place = await session.get(Organisation, row.place_id) if row else None
    if row is None or place is None or not who.may("plan.read", place.path):
        raise NotFound("version-unknown", zh="没有这一版课表。", en="There is no such version.")
    query = select(PublishedLesson, Setting, Before, SettingBefore)
    query = query.join(Setting, Setting.id == PublishedLesson.setting_id)
    query = query.outerjoin(Before, Before.id == PublishedLesson.before_id)
    query = query.outerjoin(SettingBefore, SettingBefore.id == Before.setting_id)
    query = query.where(PublishedLesson.version_id == version)
    if of is not None:
        query = query.where(_touching(of))
    rows, total, following = await page(session, query, IN_TIME, after, limit)
    return Page(items=await _out(session, rows), total=total, next=following)


def _touching(of: UUID) -> ColumnElement[bool]:
    """Whoever was in it before is touched too."""
    return or_(PublishedLesson.parties.contains([of]), Before.parties.contains([of]))


async def _out(session: AsyncSession, rows: Sequence[Any]) -> list[ChangeOut]:
    found = [(row[0], row[1], row[2], row[3]) for row in rows]
    touched = [_touched(*one) for one in found]
    names = await names_of(session, {one for ids in touched for one in ids}, with_school=True)
    return [
        ChangeOut(
            what=lesson.what,
            course_id=lesson.course_id,
            week=lesson.week,
            number=lesson.number,
            name=setting.name,
            before=before.starts_at if before else None,
            after=lesson.starts_at,
            ends=lesson.ends_at,
            reason=lesson.reason,
            who=[names[one] for one in ids if one in names],
        )
        for (lesson, setting, before, _), ids in zip(found, touched, strict=True)
    ]


def _touched(
    lesson: PublishedLesson, setting: Setting, before: PublishedLesson | None, setting_before: Setting | None
) -> list[UUID]:
    now = [UUID(one) for one in settings.who(setting)]
    was = [UUID(one) for one in settings.who(setting_before)] if setting_before else []
    lent = [one.substitute_id for one in (lesson, before) if one is not None and one.substitute_id]
    return list(dict.fromkeys((*now, *was, *lent)))
