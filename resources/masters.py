"""Famous schools' teachers (A5): their pages, series and studios, and the requests that rural teachers send."""

from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, exists, func, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased
from starlette.requests import Request

from admin.models import Organisation, Person
from admin.paging import Order, having, one_of, page
from admin.schemas import Named, NamedPlace, Page
from admin.who import Actor, not_your_place
from core import audit
from core.clock import now
from core.errors import Conflict, NotFound
from resources import reach
from resources.models import Resource
from resources.reader_models import LessonRequest, Series, SeriesItem
from resources.reader_schemas import (
    LessonRequestAnswer,
    LessonRequestNew,
    LessonRequestOut,
    SeriesNew,
    SeriesOut,
    TeacherOut,
)

BY_NAME = Order((Person.name, Person.id))
ENGLISH = (Organisation.name_en.label("english"),)
NEWEST_SERIES = Order((Series.created_at, Series.id), descending=True)
NEWEST_REQUEST = Order((LessonRequest.created_at, LessonRequest.id), descending=True)
COUNT_TO = 1000


async def teachers(session: AsyncSession, who: Actor, q: str | None, after: str | None, limit: int) -> Page[TeacherOut]:
    """Those with published resources that the reader sees."""
    query = select(Person.id, Person.name).where(exists().where(Resource.author_id == Person.id, *_published(who)))
    if q:
        query = query.where(having(q, Person.name))
    rows, total, following = await page(session, query, BY_NAME, after, limit, COUNT_TO)
    items = await _told(session, who, [row.id for row in rows])
    return Page[TeacherOut](items=items, total=total, next=following)


async def teacher(session: AsyncSession, who: Actor, person: UUID) -> TeacherOut:
    found = await _told(session, who, [person])
    if not found:
        zh, en = "这位老师还没有公开的资源。", "This teacher has no published resource."
        raise NotFound("teacher-unknown", zh=zh, en=en)
    return found[0]


def _published(who: Actor) -> tuple[ColumnElement[bool], ...]:
    return reach.visible(who), Resource.review == "published", Resource.stage == "playable"


async def _told(session: AsyncSession, who: Actor, people: list[UUID]) -> list[TeacherOut]:
    """What each of them has published, in the people's order."""
    school = (Organisation.id.label("school_id"), Organisation.name_zh.label("school"), *ENGLISH)
    sums = (
        func.array_agg(Resource.subject.distinct()).label("subjects"),
        func.array_agg(Resource.grade.distinct()).label("grades"),
        func.count().label("resources"),
        func.sum(Resource.views).label("views"),
    )
    query = select(Person.id, Person.name, *school, *sums).join(Resource, Resource.author_id == Person.id)
    query = query.join(Organisation, Organisation.id == Resource.provider_id)
    query = query.where(one_of(Person.id, people), *_published(who)).group_by(Person.id, Organisation.id)
    rows = {row.id: _teacher(row) for row in await session.execute(query.order_by(func.count()))}
    return [rows[one] for one in people if one in rows]


def _teacher(row: Any) -> TeacherOut:
    return TeacherOut(
        id=row.id,
        name=row.name,
        school=NamedPlace(id=row.school_id, name=row.school, name_en=row.english),
        subjects=row.subjects,
        grades=row.grades,
        resources=row.resources,
        views=row.views or 0,
    )


def _all_series() -> Select[*tuple[Any, ...]]:
    count = select(func.count()).where(SeriesItem.series_id == Series.id).scalar_subquery()
    names = (Person.name.label("owner"), Organisation.name_zh.label("place"), *ENGLISH, count.label("resources"))
    query = select(Series, *names).join(Person, Person.id == Series.owner_id)
    return query.join(Organisation, Organisation.id == Series.place_id)


async def one_series(session: AsyncSession, series_id: UUID) -> SeriesOut:
    row = (await session.execute(_all_series().where(Series.id == series_id))).first()
    if row is None:
        raise _no_series()
    return _series(row[0], row.owner, row.place, row.english, row.resources)


async def series(session: AsyncSession, owner: UUID | None, after: str | None, limit: int) -> Page[SeriesOut]:
    query = _all_series()
    if owner:
        query = query.where(Series.owner_id == owner)
    rows, total, following = await page(session, query, NEWEST_SERIES, after, limit, COUNT_TO)
    items = [_series(row[0], row.owner, row.place, row.english, row.resources) for row in rows]
    return Page[SeriesOut](items=items, total=total, next=following)


async def make_series(session: AsyncSession, who: Actor, body: SeriesNew, request: Request) -> SeriesOut:
    place = await session.get_one(Organisation, who.place_ids("resources.create")[0])
    row = Series(title=body.title, description=body.description, studio=body.studio or None)
    row.owner_id, row.place_id, row.created_at = who.id, place.id, now()
    session.add(row)
    await session.flush()
    await _fill(session, who, row, body.resources)
    await audit.record(
        session, who.id, "series.create", f"series:{row.id}", after=body.model_dump(mode="json"), request=request
    )
    return _series(row, who.name, place.name_zh, place.name_en, len(set(body.resources)))


async def order_series(
    session: AsyncSession, who: Actor, series_id: UUID, body: SeriesNew, request: Request
) -> SeriesOut:
    """The whole series anew: words and order."""
    row = await session.get(Series, series_id, with_for_update=True)
    if row is None or row.owner_id != who.id:
        raise not_your_place()
    row.title, row.description, row.studio = body.title, body.description, body.studio or None
    await _fill(session, who, row, body.resources)
    place = await session.get_one(Organisation, row.place_id)
    await audit.record(session, who.id, "series.change", f"series:{row.id}", request=request)
    return _series(row, who.name, place.name_zh, place.name_en, len(set(body.resources)))


async def ask(
    session: AsyncSession, who: Actor, teacher_id: UUID, body: LessonRequestNew, request: Request
) -> LessonRequestOut:
    await teacher(session, who, teacher_id)
    row = LessonRequest(teacher_id=teacher_id, school_id=who.place_ids("resources.request")[0], asked_by=who.id)
    row.subject, row.grade, row.words, row.series_id = body.subject, body.grade, body.words, body.series_id
    row.state, row.answer, row.created_at = "waiting", "", now()
    if body.series_id and await session.get(Series, body.series_id) is None:
        raise _no_series()
    session.add(row)
    await session.flush()
    await audit.record(session, who.id, "request.create", f"request:{row.id}", request=request)
    return (await _requests(session, who, row.id, None, 1)).items[0]


async def requests(session: AsyncSession, who: Actor, after: str | None, limit: int) -> Page[LessonRequestOut]:
    """Those that one sent, those sent to one, and, for reviewers, all of their place's schools."""
    return await _requests(session, who, None, after, limit)


async def answer(
    session: AsyncSession, who: Actor, request_id: UUID, body: LessonRequestAnswer, request: Request
) -> LessonRequestOut:
    row = await session.get(LessonRequest, request_id, with_for_update=True)
    if row is None or row.teacher_id != who.id:
        raise not_your_place()
    if row.state != "waiting":
        raise Conflict("answered", zh="这份请求已经答复过了。", en="This request has been answered.")
    row.state, row.answer, row.answered_at = "accepted" if body.accepted else "declined", body.answer, now()
    await session.flush()
    await audit.record(session, who.id, f"request.{row.state}", f"request:{row.id}", request=request)
    return (await _requests(session, who, row.id, None, 1)).items[0]


async def _requests(
    session: AsyncSession, who: Actor, only: UUID | None, after: str | None, limit: int
) -> Page[LessonRequestOut]:
    master, asker = aliased(Person), aliased(Person)
    names = (master.name.label("master"), asker.name.label("asker"), Organisation.name_zh.label("school"), *ENGLISH)
    query = select(LessonRequest, *names).join(master, master.id == LessonRequest.teacher_id)
    query = query.join(asker, asker.id == LessonRequest.asked_by)
    query = query.join(Organisation, Organisation.id == LessonRequest.school_id)
    mine = (LessonRequest.teacher_id == who.id) | (LessonRequest.asked_by == who.id)
    for place in who.places("resources.review"):
        mine |= Organisation.path.startswith(place)
    query = query.where(mine) if only is None else query.where(LessonRequest.id == only)
    rows, total, following = await page(session, query, NEWEST_REQUEST, after, limit, COUNT_TO)
    items = [_request(row[0], row.master, row.asker, row.school, row.english) for row in rows]
    return Page[LessonRequestOut](items=items, total=total, next=following)


async def _fill(session: AsyncSession, who: Actor, row: Series, wanted: list[UUID]) -> None:
    """Only resources that the owner sees."""
    chosen = list(dict.fromkeys(wanted))
    query = select(Resource.id).where(Resource.id.in_(chosen), reach.visible(who))
    known = set((await session.scalars(query)).all())
    if known != set(chosen):
        zh, en = "有的资源不存在，或不在您的范围内。", "Some of the resources do not exist or lie outside your reach."
        raise NotFound("resource-unknown", zh=zh, en=en)
    old = select(SeriesItem).where(SeriesItem.series_id == row.id)
    for item in (await session.scalars(old)).all():
        await session.delete(item)
    await session.flush()
    session.add_all([SeriesItem(series_id=row.id, resource_id=one, place=place) for place, one in enumerate(chosen)])
    await session.flush()


def _no_series() -> NotFound:
    return NotFound("series-unknown", zh="没有这个系列。", en="There is no such series.")


def _series(row: Series, owner: str, place: str, english: str, resources: int) -> SeriesOut:
    return SeriesOut(
        id=row.id,
        name=row.title,
        description=row.description,
        studio=row.studio,
        owner=Named(id=row.owner_id, name=owner),
        place=NamedPlace(id=row.place_id, name=place, name_en=english),
        resources=resources,
    )


def _request(row: LessonRequest, teacher: str, asker: str, school: str, english: str) -> LessonRequestOut:
    names = ("id", "series_id", "subject", "grade", "words", "state", "answer", "created_at", "answered_at")
    return LessonRequestOut(
        **{name: getattr(row, name) for name in names},
        teacher=Named(id=row.teacher_id, name=teacher),
        school=NamedPlace(id=row.school_id, name=school, name_en=english),
        asked_by=Named(id=row.asked_by, name=asker),
    )
