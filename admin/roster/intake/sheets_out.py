"""Classes and pupils of a place as a sheet, for people: without any number of a person. What goes out so comes in again
by the pupils' template, whose headings it shares."""

import asyncio
from collections.abc import Sequence
from datetime import date
from typing import Any, Literal
from uuid import UUID

from sqlalchemy import Select, func, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased
from starlette.requests import Request

from admin import sheets
from admin.children.models import Minor
from admin.models import Organisation, Person, Pupil, Room, SchoolClass
from admin.registry import inside
from admin.who import Actor, not_your_place
from core import audit
from core.errors import TooLarge

What = Literal["classes", "pupils"]
Language = Literal["zh", "en"]
MOST = 100_000
"""Rows that a spreadsheet opens without complaint."""
HEADS: dict[tuple[What, Language], tuple[str, ...]] = {
    ("classes", "zh"): ("学校标识码", "学校", "县（市）", "年级", "班级", "班级代码", "学年", "教室", "学生数"),
    ("classes", "en"): (
        "Identification code", "School", "County", "Grade", "Class", "Class code", "School year", "Room", "Pupils",
    ),
    ("pupils", "zh"): ("学校标识码", "学校", "年级", "班级", "班级代码", "姓名", "登录名", "出生日期", "可以登录"),
    ("pupils", "en"): (
        "Identification code", "School", "Grade", "Class", "Class code", "Name", "Types as", "Born", "Signs in",
    ),
}  # fmt: skip


async def sheet(
    session: AsyncSession,
    who: Actor,
    place: UUID,
    what: What,
    format: sheets.Format,
    language: Language,
    request: Request,
) -> bytes:
    """On record. Raises TooLarge for a place with more rows than a spreadsheet opens."""
    row = await session.get(Organisation, place)
    if row is None or not who.may("imports.run", row.path):
        raise not_your_place()
    query = _classes(row.path) if what == "classes" else _pupils(row.path)
    found = (await session.execute(query.limit(MOST + 1))).all()
    if len(found) > MOST:
        zh, en = f"超过 {MOST} 行，请选下一级的单位。", f"Over {MOST} rows; choose a place below."
        raise TooLarge("too-many-rows", zh=zh, en=en)
    rows = [tuple(one) for one in found] if what == "classes" else [_told(tuple(one), language) for one in found]
    after = {"what": what, "rows": len(rows)}
    await audit.record(session, who.id, "roster.export", f"organisation:{place}", after=after, request=request)
    return await asyncio.to_thread(sheets.written, format, HEADS[what, language], rows)


def _classes(path: str) -> Select[*tuple[Any, ...]]:
    county = aliased(Organisation)
    count = select(func.count()).where(Pupil.class_id == SchoolClass.id).scalar_subquery()
    school = (Organisation.identification, Organisation.name_zh, county.name_zh)
    own = (SchoolClass.grade, SchoolClass.name, SchoolClass.code, SchoolClass.school_year, Room.name)
    query = select(*school, *own, count).select_from(SchoolClass)
    query = query.join(Organisation, Organisation.id == SchoolClass.school_id)
    query = query.outerjoin(county, county.id == Organisation.county_id).outerjoin(Room, Room.id == SchoolClass.room_id)
    query = query.where(inside([path]), SchoolClass.ended.is_(None))
    return query.order_by(Organisation.path, SchoolClass.grade, SchoolClass.name)


def _pupils(path: str) -> Select[*tuple[Any, ...]]:
    school = (Organisation.identification, Organisation.name_zh)
    own = (SchoolClass.grade, SchoolClass.name, SchoolClass.code, Person.name, Pupil.name, Minor.born, Pupil.pin)
    query = select(*school, *own).select_from(Pupil).join(Person, Person.id == Pupil.person_id)
    query = query.join(SchoolClass, SchoolClass.id == Pupil.class_id)
    query = query.join(Organisation, Organisation.id == SchoolClass.school_id)
    query = query.outerjoin(Minor, Minor.person_id == Pupil.person_id)
    query = query.where(inside([path]), Person.disabled_at.is_(None))
    return query.order_by(Organisation.path, SchoolClass.grade, SchoolClass.name, Pupil.name)


def _told(row: Sequence[Any], language: Language) -> tuple[Any, ...]:
    """The PIN's hash goes nowhere: whether there is one does."""
    *known, born, pin = row
    signs_in = {"zh": ("否", "是"), "en": ("no", "yes")}[language][pin is not None]
    return (*known, born.isoformat() if isinstance(born, date) else None, signs_in)
