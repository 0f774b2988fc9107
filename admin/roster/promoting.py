"""The promotion of a place's classes, tried, done and taken back: a handful of statements for any number of pupils."""

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from sqlalchemy import Text, cast, func, select, text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession
from starlette.requests import Request

from admin.bulk import copy_rows
from admin.models import Organisation, Person, Pupil, SchoolClass
from admin.registry import inside, standing_on
from admin.roster.class_schemas import ObstacleOut, PromotionDone, PromotionOut, PromotionPlanOut
from admin.roster.grades import begins, grades_of
from admin.roster.models import PromotedClass, Promotion
from admin.roster.promotion import Plan, Standing, Step, plan
from admin.roster.promotion_statements import DO, TAKE_BACK
from admin.who import Actor, not_your_place
from core import audit
from core.clock import now
from core.errors import Conflict, NotFound, NotValid
from core.ids import new_id

MOST_TOLD = 50
"""Classes that stay are told by name up to this number; how many there are is always told."""
COLUMNS = (
    "promotion_id",
    "class_id",
    "before_name",
    "before_grade",
    "before_year",
    "before_room_id",
    "after_name",
    "after_grade",
    "version",
)


async def try_out(session: AsyncSession, who: Actor, place: UUID, year: int, today: date) -> PromotionPlanOut:
    """What a promotion would do. Writes nothing."""
    row = await _place(session, who, place)
    return await _told(session, row, year, plan(await _standing(session, row, today), year))


async def promote(
    session: AsyncSession, who: Actor, place: UUID, year: int, today: date, request: Request
) -> PromotionDone:
    """All classes that can be promoted; those that cannot stay and are told."""
    row = await _place(session, who, place)
    if not begins(year - 1) < today < begins(year + 1):
        zh, en = "只能升入本学年或下一学年。", "Promotion is into this school year or the next."
        raise NotValid("promotion-year", zh=zh, en=en)
    # one at a time in the whole house: two presses must not promote twice
    await session.execute(text("SELECT pg_advisory_xact_lock(hashtext('songjiao promotions'))"))
    found = plan(await _standing(session, row, today), year)
    if not found.steps:
        raise Conflict("nothing-to-promote", zh="没有可以升级的班。", en="No class can be promoted.")
    told = await _told(session, row, year, found)
    done = Promotion(id=new_id(), place_id=row.id, school_year=year, day=max(today, begins(year)), by=who.id, at=now())
    done.classes, done.graduated, done.pupils = len(found.steps), len(found.graduating), told.graduating_pupils
    session.add(done)
    await session.flush()
    await copy_rows(session, PromotedClass, COLUMNS, [(done.id, *_line(step)) for step in found.steps])
    await _run(session, DO, done.id, day=done.day, year=year)
    after = {"school_year": year, "classes": done.classes, "graduated": done.graduated, "pupils": done.pupils}
    await audit.record(session, who.id, "promotion.run", f"promotion:{done.id}", after=after, request=request)
    return PromotionDone(id=done.id, plan=told)


def _line(step: Step) -> tuple[object, ...]:
    was = step.of
    return was.id, was.name, was.grade, was.year, was.room_id, step.name, step.grade, was.version + 1


async def undo(session: AsyncSession, who: Actor, promotion: UUID, request: Request) -> PromotionOut:
    """Everything as it was. Raises Conflict when a class has moved on since; nothing is changed then."""
    done = await session.get(Promotion, promotion, with_for_update=True)
    if done is None:
        raise NotFound("promotion-unknown", zh="没有这次升级。", en="There is no such promotion.")
    await _place(session, who, done.place_id)
    if done.undone_at is not None:
        raise Conflict("promotion-undone", zh="这次升级已经撤销过。", en="This promotion was taken back already.")
    if changed := (await session.scalars(CHANGED.where(PromotedClass.promotion_id == done.id))).all():
        names = "、".join(changed[:5])
        zh = f"{len(changed)} 个班在升级后又改过（{names}），不能整体撤销，请逐班更正。"
        en = f"{len(changed)} classes were changed since ({names}); correct them one by one."
        raise Conflict("classes-changed-since", zh=zh, en=en, classes=changed[:MOST_TOLD])
    await _run(session, TAKE_BACK, done.id, day=done.day, year=done.school_year)
    done.undone_by, done.undone_at = who.id, now()
    await audit.record(session, who.id, "promotion.undo", f"promotion:{done.id}", request=request)
    return await _out(session, done)


async def promotions(session: AsyncSession, who: Actor) -> Sequence[PromotionOut]:
    """The last ones at the asker's places."""
    query = LISTED.where(inside(who.places("promotions.run"))).order_by(Promotion.at.desc()).limit(MOST_TOLD)
    return [PromotionOut.model_validate(row, from_attributes=True) for row in await session.execute(query)]


async def _out(session: AsyncSession, done: Promotion) -> PromotionOut:
    await session.flush()
    row = (await session.execute(LISTED.where(Promotion.id == done.id))).one()
    return PromotionOut.model_validate(row, from_attributes=True)


async def _place(session: AsyncSession, who: Actor, place: UUID) -> Organisation:
    row = await session.get(Organisation, place)
    if row is None or not who.may("promotions.run", row.path):
        raise not_your_place()
    return row


async def _standing(session: AsyncSession, place: Organisation, today: date) -> list[Standing]:
    pupils = select(Pupil.class_id, func.count().label("pupils")).group_by(Pupil.class_id).subquery()
    query = select(SchoolClass, Organisation, func.coalesce(pupils.c.pupils, 0).label("pupils"))
    query = query.join(Organisation, Organisation.id == SchoolClass.school_id)
    query = query.outerjoin(pupils, pupils.c.class_id == SchoolClass.id)
    query = query.where(inside([place.path]), standing_on(today), SchoolClass.ended.is_(None))
    rows = (await session.execute(query.order_by(Organisation.path, SchoolClass.grade, SchoolClass.name))).all()
    return [
        Standing(
            one.id,
            school.id,
            one.name,
            one.grade,
            one.school_year,
            one.room_id,
            count,
            one.version,
            grades_of(school.tier, school.identification, school.first_grade, school.last_grade),
        )
        for one, school, count in rows
    ]


async def _told(session: AsyncSession, place: Organisation, year: int, found: Plan) -> PromotionPlanOut:
    wanted = {one.of.school_id for one in found.refused[:MOST_TOLD]}
    named = await session.execute(select(Organisation.id, Organisation.name_zh).where(Organisation.id.in_(wanted)))
    schools: dict[UUID, str] = {row.id: row.name_zh for row in named}
    obstacles = [
        ObstacleOut(school=schools[one.of.school_id], name=one.of.name, grade=one.of.grade, why=one.why)
        for one in found.refused[:MOST_TOLD]
    ]
    return PromotionPlanOut(
        place=place.name_zh,
        school_year=year,
        classes=len(found.steps),
        by_grade=found.by_grade,
        graduating=len(found.graduating),
        graduating_pupils=sum(step.of.pupils for step in found.graduating),
        staying=len(found.refused),
        obstacles=obstacles,
    )


async def _run(session: AsyncSession, statements: Sequence[str], promotion: UUID, day: date, year: int) -> None:
    values = {"promotion": promotion, "day": day, "year": year}
    try:
        async with session.begin_nested():
            for statement in statements:
                needed = {name: value for name, value in values.items() if f":{name}" in statement}
                await session.execute(text(statement), needed)
    except IntegrityError:
        zh = "升级后新建的班占用了原来的班名，请先给新班改名。"
        raise Conflict("class-name-taken", zh=zh, en="A new class has taken an old name; rename it first.") from None


CHANGED = (
    select(Organisation.name_zh + cast(" ", Text) + SchoolClass.name)
    .join(SchoolClass, SchoolClass.id == PromotedClass.class_id)
    .join(Organisation, Organisation.id == SchoolClass.school_id)
    .where(SchoolClass.version != PromotedClass.version)
    .select_from(PromotedClass)
    .order_by(Organisation.name_zh, SchoolClass.name)
)
LISTED = (
    select(
        Promotion.id,
        Organisation.name_zh.label("place"),
        Promotion.school_year,
        Promotion.at,
        Person.name.label("by"),
        Promotion.classes,
        Promotion.graduated,
        Promotion.pupils,
        Promotion.undone_at,
    )
    .join(Organisation, Organisation.id == Promotion.place_id)
    .join(Person, Person.id == Promotion.by)
)
