"""What changes needs: a school's corrections, its own timetable, a place's quotas."""

from uuid import UUID

from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncSession
from starlette.requests import Request

from admin import sheets
from admin.models import Organisation, SchoolClass
from admin.rights import Right
from admin.schemas import NamedPlace
from admin.tree import ancestors
from admin.who import Actor, not_your_place
from core import audit
from core.clock import now
from core.errors import NotValid
from scheduling.needs import reading, timetable_file, timetable_sheet
from scheduling.needs.models import Correction, OwnLesson, QuotaRow
from scheduling.needs.quotas import faults, national
from scheduling.needs.schemas import (
    Correcting,
    FaultOut,
    NeedsOut,
    QuotaIn,
    QuotaOut,
    QuotasOut,
    RowWrong,
    TimetableRead,
)


async def correct(session: AsyncSession, who: Actor, body: Correcting, request: Request) -> NeedsOut:
    row = await session.get(SchoolClass, body.class_id)
    if row is None or row.ended is not None:
        raise not_your_place()
    school = await reach(session, who, "needs.correct", row.school_id)
    quota = (await reading.quotas_of(session, [school]))[school.id].get(row.grade, {})
    if body.subject not in quota:
        zh, en = f"{row.grade} 年级没有科目“{body.subject}”。", f"Grade {row.grade} has no subject “{body.subject}”."
        raise NotValid("subject-unknown", zh=zh, en=en, subjects=sorted(quota))
    known = await session.get(Correction, (row.id, body.subject))
    before = {"lessons": known.lessons} if known else None
    if known and body.lessons is None:
        await session.delete(known)
    elif body.lessons is not None:
        fixed = Correction(class_id=row.id, subject=body.subject, lessons=body.lessons, reason=body.reason)
        fixed.by, fixed.at = who.id, now()
        await session.merge(fixed)
    await session.flush()
    after = body.model_dump(mode="json")
    await audit.record(session, who.id, "needs.correct", f"class:{row.id}", before=before, after=after, request=request)
    return await reading.one(session, school)


async def take_timetable(
    session: AsyncSession, who: Actor, school_id: UUID, data: bytes, dry_run: bool, request: Request
) -> TimetableRead:
    """Replaces the timetables of the classes in the sheet: all rows, or with any mistake none."""
    school = await reach(session, who, "needs.correct", school_id)
    open_ones = select(SchoolClass).where(SchoolClass.school_id == school.id, SchoolClass.ended.is_(None))
    classes = {row.name: row for row in await session.scalars(open_ones)}
    quotas = (await reading.quotas_of(session, [school]))[school.id]
    subjects = {subject for quota in quotas.values() for subject in quota}
    lines = timetable_file.rows(data) if timetable_file.is_xml(data) else sheets.read(data, blanks=True)
    found = timetable_sheet.read(lines, classes, subjects)
    wrong = [RowWrong(row=row, zh=zh, en=en) for row, zh, en in found.wrong]
    named = {lesson.class_name for lesson in found.lessons}
    rows = len(found.lessons) + len({one.row for one in wrong})
    told = TimetableRead(rows=rows, classes=len(named), lessons=len(found.lessons), mistakes=wrong, written=not dry_run)
    if dry_run:
        return told
    if wrong:
        zh, en = "表里有错，一行也没有写入。", "The sheet has mistakes; nothing was written."
        raise NotValid("sheet-not-valid", zh=zh, en=en, mistakes=[one.model_dump() for one in wrong])
    await session.execute(delete(OwnLesson).where(OwnLesson.class_id.in_([classes[name].id for name in named])))
    for one in found.lessons:
        row = OwnLesson(class_id=classes[one.class_name].id, weekday=one.weekday, period=one.period)
        row.subject, row.teacher, row.qualified = one.subject, one.teacher, one.qualified
        session.add(row)
    await session.flush()
    after = {"classes": sorted(named), "lessons": len(found.lessons)}
    await audit.record(session, who.id, "timetable.take", f"organisation:{school.id}", after=after, request=request)
    return told


async def quotas(session: AsyncSession, place: Organisation) -> QuotasOut:
    """The table that holds at the place, grade by grade, and whose it is."""
    way = ancestors(place.path)
    tables: dict[int, dict[UUID, dict[str, int]]] = {}
    for row in await session.scalars(select(QuotaRow).where(QuotaRow.place_id.in_(way))):
        tables.setdefault(row.grade, {}).setdefault(row.place_id, {})[row.subject] = row.lessons
    names = select(Organisation.id, Organisation.name_zh.label("name"), Organisation.name_en)
    rows = await session.execute(names.where(Organisation.id.in_(way)))
    named = {row.id: NamedPlace.model_validate(row, from_attributes=True) for row in rows}
    grades = []
    for grade, own in sorted(national().items()):
        nearest = next((one for one in reversed(way) if one in tables.get(grade, {})), None)
        lessons = tables[grade][nearest] if nearest else dict(own)
        whose = named[nearest] if nearest else None
        grades.append(QuotaOut(grade=grade, place=whose, lessons=lessons))
    told = faults({one.grade: one.lessons for one in grades})
    return QuotasOut(grades=grades, faults=[FaultOut(zh=zh, en=en) for zh, en in told])


async def set_quota(session: AsyncSession, who: Actor, body: QuotaIn, request: Request) -> QuotasOut:
    place = await reach(session, who, "calendar.change", body.place_id)
    mine = delete(QuotaRow).where(QuotaRow.place_id == place.id, QuotaRow.grade == body.grade)
    await session.execute(mine)
    rows = [
        QuotaRow(place_id=place.id, grade=body.grade, subject=subject, lessons=lessons)
        for subject, lessons in body.lessons.items()
    ]
    session.add_all(rows)
    await session.flush()
    after = body.model_dump(mode="json")
    await audit.record(session, who.id, "quota.set", f"organisation:{place.id}", after=after, request=request)
    return await quotas(session, place)


async def reach(session: AsyncSession, who: Actor, right: Right, place: UUID) -> Organisation:
    row = await session.get(Organisation, place)
    if row is None or not who.may(right, row.path):
        raise not_your_place()
    return row
