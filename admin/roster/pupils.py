"""Pupils: taken in, moved to another class, leaving. Looking at them is on record, for they are children."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Row, Select, delete, select
from sqlalchemy.ext.asyncio import AsyncSession
from starlette.requests import Request

from admin import numbers
from admin.models import Assignment, Organisation, Person, Pupil, SchoolClass, SignIn
from admin.paging import Order, having, page
from admin.registry import inside
from admin.rights import Right
from admin.roster.class_schemas import PupilLeave, PupilMove, PupilNew, PupilOut, PupilWhole, YearOut
from admin.roster.classes import open_class
from admin.roster.models import Enrolment, Leaving
from admin.schemas import Page
from admin.who import Actor, not_your_place
from core import audit
from core.errors import Conflict, NotValid
from core.ids import new_id
from core.passwords import hash_password

BY_NAME = Order((Pupil.name, Pupil.person_id))
OLDEST = timedelta(days=10 * 366)
"""No day of entering or leaving lies further back."""


async def listed(
    session: AsyncSession,
    who: Actor,
    class_id: UUID | None,
    q: str | None,
    after: str | None,
    limit: int,
    request: Request,
) -> Page[PupilOut]:
    query = PUPILS.where(inside(who.places("pupils.read")))
    if class_id:
        query = query.where(Pupil.class_id == class_id)
    if q:
        query = query.where(having(q, Pupil.name))
    rows, total, following = await page(session, query, BY_NAME, after, limit)
    seen = {"shown": len(rows), "q": q}
    await audit.record(session, who.id, "pupils.look", f"class:{class_id}", after=seen, request=request)
    return Page(items=[_out(row) for row in rows], total=total, next=following)


async def whole(session: AsyncSession, who: Actor, person: UUID, request: Request) -> PupilWhole:
    """Numbers stay masked."""
    pupil = await _pupil(session, who, "pupils.read", person)
    await audit.record(session, who.id, "pupil.look", f"person:{person}", request=request)
    return await _whole(session, pupil)


async def take_in(session: AsyncSession, who: Actor, body: PupilNew, today: date, request: Request) -> PupilWhole:
    into = await open_class(session, who, "pupils.change", body.class_id)
    since = body.since or today
    _must_be_a_day(since, today)
    checked = await _checked_numbers(session, body)
    person = Person(id=new_id(), name=body.name, language="zh", version=1)
    pupil = Pupil(person_id=person.id, class_id=into.id, name=await free_name(session, into.id, body.name))
    pupil.pin = await hash_password(body.pin) if body.pin else None
    session.add(person)
    await session.flush()
    session.add_all([pupil, Enrolment(id=new_id(), person_id=person.id, class_id=into.id, since=since, note="")])
    session.add(Assignment(id=new_id(), person_id=person.id, role="student", organisation_id=into.school_id))
    await session.flush()
    await numbers.keep(session, [(person.id, kind, number) for kind, number in checked])
    after = {"class_id": into.id, "since": since, "numbers": [kind for kind, _ in checked]}
    await audit.record(session, who.id, "pupil.take-in", f"person:{person.id}", after=after, request=request)
    return await _whole(session, pupil)


async def move(
    session: AsyncSession, who: Actor, person: UUID, body: PupilMove, today: date, request: Request
) -> PupilWhole:
    """To another class, of another school too: who moves a pupil keeps both."""
    pupil = await _pupil(session, who, "pupils.change", person)
    into = await open_class(session, who, "pupils.change", body.class_id)
    if into.id == pupil.class_id:
        raise Conflict("same-class", zh="这名学生已经在这个班。", en="The pupil is in this class already.")
    _must_be_a_day(body.on, today)
    before = await _end(session, pupil, body.on, "transferred", body.note)
    pupil.class_id, pupil.name = into.id, await free_name(session, into.id, pupil.name)
    session.add(Enrolment(id=new_id(), person_id=person, class_id=into.id, since=body.on, note=""))
    await _belong(session, person, into.school_id)
    after = body.model_dump(mode="json")
    await audit.record(session, who.id, "pupil.move", f"person:{person}", before=before, after=after, request=request)
    return await _whole(session, pupil)


async def leave(
    session: AsyncSession, who: Actor, person: UUID, body: PupilLeave, today: date, request: Request
) -> PupilWhole:
    """Signs in no more; the years stay on record."""
    pupil = await _pupil(session, who, "pupils.change", person)
    _must_be_a_day(body.on, today)
    before = await _end(session, pupil, body.on, "left", body.note)
    pupil.class_id = None
    await _belong(session, person, None)
    await session.execute(delete(SignIn).where(SignIn.person_id == person))
    after = body.model_dump(mode="json")
    await audit.record(session, who.id, "pupil.leave", f"person:{person}", before=before, after=after, request=request)
    return await _whole(session, pupil)


async def give_pin(session: AsyncSession, who: Actor, person: UUID, pin: str, request: Request) -> None:
    pupil = await _pupil(session, who, "pupils.change", person)
    pupil.pin = await hash_password(pin)
    await session.execute(delete(SignIn).where(SignIn.person_id == person))
    await audit.record(session, who.id, "pupil.give-pin", f"person:{person}", request=request)


async def free_name(session: AsyncSession, class_id: UUID, name: str) -> str:
    """What the pupil types: of two of one name in a class the second has a figure behind."""
    taken = set(await session.scalars(select(Pupil.name).where(Pupil.class_id == class_id)))
    return next(one for number in range(1, len(taken) + 2) if (one := numbered(name, number)) not in taken)


def numbered(name: str, number: int) -> str:
    return name if number == 1 else f"{name[:37]}{number}"


async def _end(session: AsyncSession, pupil: Pupil, on: date, leaving: Leaving, note: str) -> dict[str, Any]:
    query = select(Enrolment).where(Enrolment.person_id == pupil.person_id, Enrolment.until.is_(None))
    year = (await session.scalars(query.with_for_update())).first()
    if year is not None:
        if on < year.since:
            zh = f"日期不能早于入班的 {year.since}。"
            raise NotValid("before-entering", zh=zh, en=f"The day is before the pupil's entering, {year.since}.")
        year.until, year.leaving, year.note = on, leaving, note
        await session.flush()
    return {"class_id": pupil.class_id}


async def _belong(session: AsyncSession, person: UUID, school: UUID | None) -> None:
    held = delete(Assignment).where(Assignment.person_id == person, Assignment.role == "student")
    await session.execute(held)
    if school is not None:
        session.add(Assignment(id=new_id(), person_id=person, role="student", organisation_id=school))
    await session.flush()


async def _checked_numbers(session: AsyncSession, body: PupilNew) -> list[tuple[numbers.Kind, str]]:
    given: list[tuple[numbers.Kind, str | None]] = [("identity", body.identity), ("pupil", body.number)]
    found = [(kind, numbers.plain(number)) for kind, number in given if number]
    for kind, number in found:
        if not (numbers.is_identity(number) if kind == "identity" else numbers.is_pupil(number)):
            zh, en = "号码不对：请核对每一位，最后一位是校验位。", "The number is not right; check each sign."
            raise NotValid("number-wrong", zh=zh, en=en, kind=kind)
        if await numbers.find(session, kind, number) is not None:
            zh, en = "这个号码已经属于另一个人。", "Another person has this number."
            raise Conflict("number-taken", zh=zh, en=en, kind=kind)
    return found


def _must_be_a_day(day: date, today: date) -> None:
    if not today - OLDEST <= day <= today:
        zh, en = (
            "日期不能在今天以后，也不能早于十年前；到那天再办。",
            "The day is after today or ten years ago; do it then.",
        )
        raise NotValid("day-out-of-range", zh=zh, en=en)


async def _pupil(session: AsyncSession, who: Actor, right: Right, person: UUID) -> Pupil:
    """One who has left is reached through the school of the last class."""
    pupil = await session.get(Pupil, person, with_for_update=True)
    last = select(Enrolment.class_id).where(Enrolment.person_id == person).order_by(Enrolment.since.desc()).limit(1)
    path = await session.scalar(
        select(Organisation.path)
        .join(SchoolClass, SchoolClass.school_id == Organisation.id)
        .where(SchoolClass.id == (pupil.class_id if pupil and pupil.class_id else last.scalar_subquery()))
    )
    if pupil is None or path is None or not who.may(right, path):
        raise not_your_place()
    return pupil


async def _whole(session: AsyncSession, pupil: Pupil) -> PupilWhole:
    await session.flush()
    row = (await session.execute(PUPILS.where(Pupil.person_id == pupil.person_id))).one()
    years = (await session.execute(YEARS.where(Enrolment.person_id == pupil.person_id))).all()
    masked = await numbers.of_person(session, pupil.person_id)
    return PupilWhole(**_out(row).model_dump(), numbers=masked, years=_years(years))


def _years(rows: Sequence[Row[Any]]) -> list[YearOut]:
    return [
        YearOut.model_validate(
            {name: getattr(row.Enrolment, name) for name in ("since", "until", "leaving", "note")}
            | {"in_class": {"id": row.class_id, "name": row.class_name}, "grade": row.grade}
            | {"school": {"id": row.school_id, "name": row.school, "name_en": row.school_en}}
        )
        for row in rows
    ]


def _out(row: Row[Any]) -> PupilOut:
    in_class = {"id": row.class_id, "name": row.class_name} if row.class_id else None
    school = {"id": row.school_id, "name": row.school, "name_en": row.school_en} if row.class_id else None
    told = {"id": row.person_id, "name": row.name, "in_class": in_class, "school": school}
    return PupilOut.model_validate(told | {"signs_in": row.pin is not None and row.class_id is not None})


_CLASS = (
    SchoolClass.id.label("class_id"),
    SchoolClass.name.label("class_name"),
    SchoolClass.grade,
    Organisation.id.label("school_id"),
    Organisation.name_zh.label("school"),
    Organisation.name_en.label("school_en"),
)
PUPILS: Select[*tuple[Any, ...]] = (
    select(Pupil.person_id, Pupil.name, Pupil.pin, *_CLASS)
    .outerjoin(SchoolClass, SchoolClass.id == Pupil.class_id)
    .outerjoin(Organisation, Organisation.id == SchoolClass.school_id)
)
YEARS: Select[*tuple[Any, ...]] = (
    select(Enrolment, *_CLASS)
    .join(SchoolClass, SchoolClass.id == Enrolment.class_id)
    .join(Organisation, Organisation.id == SchoolClass.school_id)
    .order_by(Enrolment.since.desc())
)
