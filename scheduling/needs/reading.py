"""Needs of schools from the database: a constant number of statements for a page of schools."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from admin.models import Organisation, SchoolClass
from admin.paging import Order, having, page
from admin.registry import inside, standing_on
from admin.schemas import Named, NamedPlace, Page
from admin.today import today
from admin.tree import TEACHING_TIERS, ancestors
from admin.who import Actor
from scheduling.needs.models import Correction, OwnLesson, QuotaRow
from scheduling.needs.quotas import Quota, national
from scheduling.needs.rates import Needs, Rate, Taught, needs
from scheduling.needs.schemas import LackOut, NeedsOut, RateOut, SchoolNeeds
from scheduling.plan.models import CourseRow, Seat

BY_NAME = Order((Organisation.name_zh, Organisation.id))
Counts = dict[UUID, dict[str, int]]


async def listed(session: AsyncSession, who: Actor, q: str | None, after: str | None, limit: int) -> Page[SchoolNeeds]:
    """Schools with open classes."""
    has_classes = select(SchoolClass.id).where(SchoolClass.school_id == Organisation.id, SchoolClass.ended.is_(None))
    query = select(Organisation).where(inside(who.places("needs.read")), standing_on(today()), has_classes.exists())
    query = query.where(Organisation.tier.in_(TEACHING_TIERS))
    if q:
        query = query.where(having(q, Organisation.name_zh))
    rows, total, following = await page(session, query, BY_NAME, after, limit)
    schools = [row[0] for row in rows]
    found = await of_schools(session, schools)
    return Page(items=[_school(school, *found[school.id]) for school in schools], total=total, next=following)


async def one(session: AsyncSession, school: Organisation) -> NeedsOut:
    classes, taught, found = (await of_schools(session, [school]))[school.id]
    names = {row.id: row.name for row in classes}
    corrected = {row.class_id: row.corrected for row in taught}
    known = {row.class_id for row in taught}
    lacks = [
        LackOut(
            in_class=Named(id=lack.class_id, name=names[lack.class_id]),
            grade=lack.grade,
            subject=lack.subject,
            required=lack.required,
            taught=lack.taught,
            corrected=lack.subject in corrected[lack.class_id],
        )
        for lack in found.lacks
    ]
    silent = [Named(id=row.id, name=row.name) for row in classes if row.id not in known]
    head = _school(school, classes, taught, found)
    return NeedsOut(**head.model_dump(), lacks=lacks, without_timetable=silent)


Found = tuple[list[SchoolClass], list[Taught], Needs]


async def of_schools(session: AsyncSession, schools: Sequence[Organisation]) -> dict[UUID, Found]:
    """Classes, what they are taught, and the needs of each school. Classes without a timetable are not counted."""
    ids = [school.id for school in schools]
    query = select(SchoolClass).where(SchoolClass.school_id.in_(ids), SchoolClass.ended.is_(None))
    classes = (await session.scalars(query.order_by(SchoolClass.grade, SchoolClass.name))).all()
    of_school: dict[UUID, list[SchoolClass]] = defaultdict(list)
    for row in classes:
        of_school[row.school_id].append(row)
    taught = await _taught(session, classes)
    quotas = await quotas_of(session, schools)
    told: dict[UUID, Found] = {}
    for school in schools:
        mine = of_school[school.id]
        known = [taught[row.id] for row in mine if row.id in taught]
        told[school.id] = mine, known, needs(known, quotas[school.id])
    return told


async def quotas_of(session: AsyncSession, schools: Sequence[Organisation]) -> dict[UUID, Mapping[int, Quota]]:
    """By grade: the nearest place's table, else the house's."""
    wanted = {place for school in schools for place in ancestors(school.path)}
    tables: dict[UUID, dict[int, dict[str, int]]] = defaultdict(lambda: defaultdict(dict))
    for row in await session.scalars(select(QuotaRow).where(QuotaRow.place_id.in_(wanted))):
        tables[row.place_id][row.grade][row.subject] = row.lessons
    return {school.id: _nearest(ancestors(school.path), tables) for school in schools}


def _nearest(way: Iterable[UUID], tables: Mapping[UUID, Mapping[int, Quota]]) -> Mapping[int, Quota]:
    found = dict(national())
    for place in way:
        found |= tables.get(place, {})
    return found


async def _taught(session: AsyncSession, classes: Sequence[SchoolClass]) -> dict[UUID, Taught]:
    ids = [row.id for row in classes]
    lessons = select(OwnLesson.class_id, OwnLesson.subject, func.count().filter(OwnLesson.qualified))
    own = _counts(
        await session.execute(lessons.where(OwnLesson.class_id.in_(ids)).group_by(*lessons.selected_columns[:2]))
    )
    fixed = select(Correction.class_id, Correction.subject, Correction.lessons).where(Correction.class_id.in_(ids))
    corrected = _counts(await session.execute(fixed))
    sat = select(Seat.class_id, CourseRow.subject, func.sum(CourseRow.weekly))
    sat = sat.join(CourseRow, CourseRow.id == Seat.course_id).where(Seat.class_id.in_(ids))
    delivered = _counts(await session.execute(sat.group_by(Seat.class_id, CourseRow.subject)))
    return {
        row.id: Taught(row.id, row.grade, own.get(row.id, {}), delivered.get(row.id, {}), corrected.get(row.id, {}))
        for row in classes
        if row.id in own or row.id in corrected
    }


def _counts(rows: Iterable[Sequence[object]]) -> Counts:
    found: Counts = defaultdict(dict)
    for class_id, subject, count in rows:
        assert isinstance(class_id, UUID)
        found[class_id][str(subject)] = int(str(count))
    return dict(found)


def _school(school: Organisation, classes: list[SchoolClass], taught: list[Taught], found: Needs) -> SchoolNeeds:
    return SchoolNeeds(
        school=NamedPlace(id=school.id, name=school.name_zh, name_en=school.name_en),
        classes=len(classes),
        unknown=len(classes) - len(taught),
        offered=_rate(found.offered),
        full=_rate(found.full),
        supplied=_rate(found.supplied),
        missing=sum(lack.missing for lack in found.lacks),
    )


def _rate(rate: Rate) -> RateOut:
    return RateOut(of=rate.of, all=rate.all)
