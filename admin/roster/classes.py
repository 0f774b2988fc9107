"""Classes: lists, made, changed and ended by whoever keeps the school."""

import secrets
from collections.abc import Sequence
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import Row, Select, func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased
from starlette.requests import Request

from admin.changes import put, take_turn
from admin.models import Organisation, Pupil, Room, SchoolClass
from admin.paging import Order, having, page
from admin.registry import inside
from admin.rights import Right
from admin.roster.class_schemas import ClassChange, ClassEnd, ClassNew, ClassOut
from admin.roster.grades import school_year
from admin.schemas import Page
from admin.tree import TEACHING_TIERS
from admin.who import Actor, not_your_place
from core import audit
from core.errors import Conflict, NotValid
from core.ids import new_id

BY_GRADE = Order((SchoolClass.grade, SchoolClass.name, SchoolClass.id))
CODE_DIGITS = 6


async def listed(
    session: AsyncSession,
    places: Sequence[str],
    school: UUID | None,
    grade: int | None,
    q: str | None,
    after: str | None,
    limit: int,
) -> Page[ClassOut]:
    query = CLASSES.where(inside(places), SchoolClass.ended.is_(None))
    if school:
        query = query.where(SchoolClass.school_id == school)
    if grade:
        query = query.where(SchoolClass.grade == grade)
    if q:
        query = query.where(having(q, Organisation.name_zh, SchoolClass.name) | (SchoolClass.code == q.strip()))
    rows, total, following = await page(session, query, BY_GRADE, after, limit)
    return Page(items=[_out(row) for row in rows], total=total, next=following)


async def create(session: AsyncSession, who: Actor, body: ClassNew, today: date, request: Request) -> ClassOut:
    school = await _school(session, who, "classes.change", body.school_id)
    if school.tier not in TEACHING_TIERS:
        raise NotValid("not-a-school", zh="班级只能建在学校或教学点。", en="A class belongs to a school.")
    row = SchoolClass(id=new_id(), school_id=school.id, name=body.name, grade=body.grade, version=1)
    row.room_id, row.school_year = body.room_id, school_year(today)
    row.code = await _free_code(session)
    await _must_have(session, school.id, body.room_id)
    await _write(session, row)
    after = body.model_dump(mode="json") | {"code": row.code}
    await audit.record(session, who.id, "class.create", f"class:{row.id}", after=after, request=request)
    return await one(session, row.id)


async def change(session: AsyncSession, who: Actor, class_id: UUID, body: ClassChange, request: Request) -> ClassOut:
    row = await open_class(session, who, "classes.change", class_id)
    take_turn(row, body, await one(session, row.id))
    sent = body.model_dump(exclude_unset=True, exclude={"version"})
    wanted = {name: value for name, value in sent.items() if value is not None or name == "room_id"}
    await _must_have(session, row.school_id, wanted.get("room_id"))
    before = put(row, wanted)
    await _write(session, row)
    await audit.record(session, who.id, "class.change", f"class:{row.id}", before=before, after=wanted, request=request)
    return await one(session, row.id)


async def end(session: AsyncSession, who: Actor, class_id: UUID, body: ClassEnd, today: date, request: Request) -> None:
    """Raises Conflict while pupils are in it."""
    row = await open_class(session, who, "classes.change", class_id)
    take_turn(row, body, await one(session, row.id))
    pupils = await session.scalar(select(func.count()).where(Pupil.class_id == row.id)) or 0
    if pupils:
        zh, en = f"班里还有 {pupils} 名学生，请先转班或转出。", f"{pupils} pupils are in the class; move them first."
        raise Conflict("class-not-empty", zh=zh, en=en, pupils=pupils)
    row.ended, row.room_id = today, None
    await audit.record(session, who.id, "class.end", f"class:{row.id}", request=request)


async def one(session: AsyncSession, class_id: UUID) -> ClassOut:
    return _out((await session.execute(CLASSES.where(SchoolClass.id == class_id))).one())


async def open_class(session: AsyncSession, who: Actor, right: Right, class_id: UUID) -> SchoolClass:
    """A class outside one's reach, or ended, is refused like one that does not exist."""
    row = await session.get(SchoolClass, class_id, with_for_update=True)
    if row is None or row.ended is not None:
        raise not_your_place()
    await _school(session, who, right, row.school_id)
    return row


async def _school(session: AsyncSession, who: Actor, right: Right, school: UUID) -> Organisation:
    row = await session.get(Organisation, school)
    if row is None or row.ended is not None or not who.may(right, row.path):
        raise not_your_place()
    return row


async def _must_have(session: AsyncSession, school: UUID, room_id: UUID | None) -> None:
    """The room is one of the school's own."""
    room = await session.get(Room, room_id) if room_id else None
    if room_id and (room is None or room.school_id != school):
        raise NotValid("not-own-room", zh="请选本校的教室。", en="Choose a room of the school.")


async def _free_code(session: AsyncSession) -> str:
    """Six figures that no class has: of a million at most a hundredth is taken, so a few tries do."""
    while True:
        code = f"{secrets.randbelow(10**CODE_DIGITS):0{CODE_DIGITS}d}"
        if await session.scalar(select(SchoolClass.id).where(SchoolClass.code == code)) is None:
            return code


async def _write(session: AsyncSession, row: SchoolClass) -> None:
    try:
        async with session.begin_nested():
            session.add(row)
            await session.flush()
    except IntegrityError as error:
        if "ex_classes_name" not in str(error.orig):
            raise
        zh, en = "这所学校已有同名的班，请换一个名称。", "The school has a class of this name; choose another."
        raise Conflict("class-name-taken", zh=zh, en=en) from None


def _classes() -> Select[*tuple[Any, ...]]:
    county = aliased(Organisation)
    pupils = select(func.count(Pupil.person_id)).where(Pupil.class_id == SchoolClass.id).scalar_subquery()
    columns = (SchoolClass.id, SchoolClass.name, SchoolClass.grade, SchoolClass.code, SchoolClass.school_year)
    query = select(*columns, SchoolClass.version, pupils.label("pupils"), Room.id.label("room_id"))
    query = query.add_columns(Room.name.label("room"), Organisation.id.label("school_id"))
    query = query.add_columns(Organisation.name_zh.label("school"), Organisation.name_en.label("school_en"))
    query = query.add_columns(county.name_zh.label("county"), county.name_en.label("county_en"))
    query = query.join(Organisation, Organisation.id == SchoolClass.school_id)
    query = query.outerjoin(county, county.id == Organisation.county_id)
    return query.outerjoin(Room, Room.id == SchoolClass.room_id)


def _out(row: Row[Any]) -> ClassOut:
    plain = {name: getattr(row, name) for name in ("id", "name", "grade", "code", "school_year", "pupils", "version")}
    room = {"id": row.room_id, "name": row.room} if row.room_id else None
    school = {"id": row.school_id, "name": row.school, "name_en": row.school_en}
    school |= {"county": row.county, "county_en": row.county_en}
    return ClassOut.model_validate({**plain, "room": room, "school": school})


CLASSES = _classes()
