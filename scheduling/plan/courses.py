"""Courses of the delivery plan and the offers of model schools: made and changed by the county within its own, by the
prefecture across."""

from collections.abc import Container, Iterable, Mapping, Sequence
from uuid import UUID

from sqlalchemy import delete, func, literal, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession
from starlette.requests import Request

from admin.changes import take_turn
from admin.models import Assignment, Organisation, Person, Room, SchoolClass
from admin.paging import Order, page
from admin.registry import inside
from admin.rights import Role
from admin.schemas import Named, NamedPlace, Page
from admin.tree import is_inside
from admin.who import Actor, not_your_place
from core import audit
from core.errors import Conflict, NotValid
from core.ids import new_id
from scheduling.calendar.terms import reach, term_of
from scheduling.plan import fallbacks
from scheduling.plan.lines import weak_lines
from scheduling.plan.models import CourseRow, Offer, Seat
from scheduling.plan.schemas import (
    CourseChange,
    CourseIn,
    CourseNew,
    CourseOut,
    OfferNew,
    OfferOut,
    ProgressIn,
    SeatOut,
)

TEACHING: tuple[Role, ...] = ("teacher", "assistant")
MOST_OF_A_TEACHER = 26
"""Lessons a week: as many as the youngest class has."""
BY_NAME = Order((CourseRow.name, CourseRow.id))
BY_SUBJECT = Order((Offer.subject, Offer.id))
PLAIN = (
    "id",
    "term_id",
    "name",
    "kind",
    "subject",
    "grade",
    "weekly",
    "minutes",
    "weeks",
    "textbook",
    "chapters",
    "version",
)


async def listed(session: AsyncSession, who: Actor, term: UUID, after: str | None, limit: int) -> Page[CourseOut]:
    """Courses that somebody of the asker's places decides on, sends or receives."""
    places = inside(who.places("plan.read"))
    deciding = select(Organisation.id).where(places)
    rooms = select(Room.id).join(Organisation, Organisation.id == Room.school_id).where(places)
    sitting = select(Seat.course_id).where(Seat.room_id.in_(rooms))
    mine = CourseRow.authority_id.in_(deciding) | CourseRow.room_id.in_(rooms) | CourseRow.id.in_(sitting)
    query = select(CourseRow).where(CourseRow.term_id == term, mine)
    rows, total, following = await page(session, query, BY_NAME, after, limit)
    return Page(items=await courses_out(session, [row[0] for row in rows]), total=total, next=following)


async def create(session: AsyncSession, who: Actor, body: CourseNew, request: Request) -> CourseOut:
    authority = await reach(session, who, "plan.change", body.authority_id)
    await term_of(session, body.term_id, authority.id)
    row = CourseRow(id=new_id(), term_id=body.term_id, authority_id=body.authority_id, version=1)
    row.textbook, row.chapters = "", []
    await _fill(session, who, row, body)
    after = body.model_dump(mode="json")
    await audit.record(session, who.id, "course.create", f"course:{row.id}", after=after, request=request)
    return (await courses_out(session, [row]))[0]


async def change(session: AsyncSession, who: Actor, course: UUID, body: CourseChange, request: Request) -> CourseOut:
    row = await mine(session, who, course)
    before = (await courses_out(session, [row]))[0]
    take_turn(row, body, before)
    await session.execute(delete(Seat).where(Seat.course_id == row.id))
    await _fill(session, who, row, body)
    told = before.model_dump(mode="json")
    after = body.model_dump(mode="json")
    await audit.record(session, who.id, "course.change", f"course:{course}", before=told, after=after, request=request)
    return (await courses_out(session, [row]))[0]


async def plan_progress(
    session: AsyncSession, who: Actor, course: UUID, body: ProgressIn, request: Request
) -> CourseOut:
    row = await mine(session, who, course)
    before = (await courses_out(session, [row]))[0]
    take_turn(row, body, before)
    row.textbook, row.chapters = body.textbook, list(body.chapters)
    await session.flush()
    was, after = before.model_dump(include={"textbook", "chapters"}), body.model_dump(mode="json")
    await audit.record(session, who.id, "course.progress", f"course:{course}", before=was, after=after, request=request)
    return (await courses_out(session, [row]))[0]


async def remove(session: AsyncSession, who: Actor, course: UUID, request: Request) -> None:
    row = await mine(session, who, course)
    await session.delete(row)
    await audit.record(session, who.id, "course.remove", f"course:{course}", request=request)


async def offers(session: AsyncSession, who: Actor, after: str | None, limit: int) -> Page[OfferOut]:
    """All offers that reach one of the asker's places: every model school's, for lessons go across counties."""
    rows, total, following = await page(session, select(Offer), BY_SUBJECT, after, limit)
    return Page(items=await offers_out(session, [row[0] for row in rows]), total=total, next=following)


async def offer(session: AsyncSession, who: Actor, body: OfferNew, request: Request) -> OfferOut:
    room = await session.get(Room, body.room_id)
    school = await session.get(Organisation, room.school_id) if room else None
    if room is None or school is None or not who.may("plan.change", school.path):
        raise not_your_place()
    if room.kind != "sending":
        raise NotValid("not-sending", zh="请选直录播教室。", en="Choose a live-recording room.")
    if body.first_grade > body.last_grade:
        zh, en = "起始年级不能高于最高年级。", "The first grade cannot be above the last."
        raise NotValid("grades-order", zh=zh, en=en)
    await must_teach_there(session, [body.teacher_id], who.places("plan.change"))
    row = Offer(id=new_id(), school_id=school.id, **body.model_dump())
    try:
        async with session.begin_nested():
            session.add(row)
            await session.flush()
    except IntegrityError:
        zh, en = "这位老师这门课已经报过。", "This teacher's subject is offered already."
        raise Conflict("offer-there", zh=zh, en=en) from None
    after = body.model_dump(mode="json")
    await audit.record(session, who.id, "offer.create", f"offer:{row.id}", after=after, request=request)
    return (await offers_out(session, [row]))[0]


async def withdraw(session: AsyncSession, who: Actor, own: UUID, request: Request) -> None:
    row = await session.get(Offer, own)
    school = await session.get(Organisation, row.school_id) if row else None
    if row is None or school is None or not who.may("plan.change", school.path):
        raise not_your_place()
    await session.delete(row)
    await audit.record(session, who.id, "offer.withdraw", f"offer:{own}", request=request)


async def offers_out(session: AsyncSession, rows: Sequence[Offer]) -> list[OfferOut]:
    taken = select(CourseRow.lead_id, CourseRow.subject, func.sum(CourseRow.weekly))
    taken = taken.where(CourseRow.lead_id.in_([row.teacher_id for row in rows]))
    taken = taken.group_by(CourseRow.lead_id, CourseRow.subject)
    spent = {(lead, subject): count for lead, subject, count in await session.execute(taken)}
    names = await names_of(session, [x for row in rows for x in (row.school_id, row.teacher_id, row.room_id)])
    plain = ("id", "subject", "first_grade", "last_grade", "lessons")
    return [
        OfferOut(
            school=names[row.school_id],
            teacher=names[row.teacher_id],
            room=names[row.room_id],
            left=max(row.lessons - spent.get((row.teacher_id, row.subject), 0), 0),
            **{name: getattr(row, name) for name in plain},
        )
        for row in rows
    ]


async def names_of(
    session: AsyncSession, ids: Iterable[UUID | None], *, with_school: bool = False
) -> dict[UUID, NamedPlace]:
    """Of places, people, rooms and classes, whose ids are never the same. Only places have an English name.

    `with_school`: rooms and classes after their school's name, for lists where several schools have a 三年级教室.
    """
    wanted = {one for one in ids if one}
    before = Organisation.name_zh + " " if with_school else literal("")
    parts = [
        select(Organisation.id, Organisation.name_zh.label("name"), Organisation.name_en.label("name_en")).where(
            Organisation.id.in_(wanted)
        ),
        select(Person.id, Person.name, literal("")).where(Person.id.in_(wanted)),
        select(Room.id, before + Room.name, literal(""))
        .join(Organisation, Organisation.id == Room.school_id)
        .where(Room.id.in_(wanted)),
        select(SchoolClass.id, before + SchoolClass.name, literal(""))
        .join(Organisation, Organisation.id == SchoolClass.school_id)
        .where(SchoolClass.id.in_(wanted)),
    ]
    rows = await session.execute(parts[0].union_all(*parts[1:]))
    return {row.id: NamedPlace(id=row.id, name=row.name, name_en=row.name_en) for row in rows}


async def _fill(session: AsyncSession, who: Actor, row: CourseRow, body: CourseIn) -> None:
    await _must_be_allowed(session, who, row.authority_id, body)
    await _must_have_time(session, row, body)
    for name, value in body.model_dump(include=set(CourseIn.model_fields), exclude={"seats"}).items():
        setattr(row, name, value)
    session.add(row)
    await session.flush()
    session.add_all([Seat(course_id=row.id, **seat.model_dump()) for seat in body.seats])
    await session.flush()


async def _must_be_allowed(session: AsyncSession, who: Actor, authority: UUID, body: CourseIn) -> None:
    """H9 of the plan: everything that takes part lies below who decides."""
    place = await session.get(Organisation, authority)
    if place is None or not who.may("plan.change", place.path):
        raise not_your_place()
    rooms = await _rooms(session, [body.room_id, *(seat.room_id for seat in body.seats)])
    if any(not is_inside(path, place.path) for _, path in rooms.values()):
        zh = f"有教室不在{place.name_zh}；跨县的课由州里定。"
        en = "A room lies outside; courses across counties are the prefecture's."
        raise NotValid("outside-authority", zh=zh, en=en)
    if rooms[body.room_id][0].kind != "sending":
        raise NotValid("not-sending", zh="主讲要在直录播教室。", en="The lead teaches from a live-recording room.")
    await _must_sit_well(session, body, rooms)
    people = [body.lead_id, *(seat.assistant_id for seat in body.seats if seat.assistant_id)]
    await must_teach_there(session, people, [place.path])
    paths = [(seat.fallback_id, rooms[seat.room_id][1]) for seat in body.seats if seat.fallback_id]
    await fallbacks.must_play_there(session, who, paths)


async def _must_have_time(session: AsyncSession, row: CourseRow, body: CourseIn) -> None:
    """A lead teacher is asked for no more lessons a week than a class has."""
    query = select(func.sum(CourseRow.weekly)).where(CourseRow.lead_id == body.lead_id, CourseRow.id != row.id)
    others = await session.scalar(query.where(CourseRow.term_id == row.term_id)) or 0
    if others + body.weekly > MOST_OF_A_TEACHER:
        name = (await names_of(session, [body.lead_id]))[body.lead_id].name
        left = max(MOST_OF_A_TEACHER - others, 0)
        zh = f"{name}这学期的送教课已有每周 {others} 节，加上这门 {body.weekly} 节超过 {MOST_OF_A_TEACHER} 节；"
        zh += f"请减到 {left} 节以内，或换一位主讲。"
        en = f"{name} has {others} delivered lessons a week; with {body.weekly} more it is above {MOST_OF_A_TEACHER}. "
        en += f"Plan {left} at most, or choose another teacher."
        raise NotValid("teacher-too-many", zh=zh, en=en, left=left)


async def _must_sit_well(session: AsyncSession, body: CourseIn, rooms: dict[UUID, tuple[Room, str]]) -> None:
    ids = [seat.class_id for seat in body.seats] + ([body.class_id] if body.class_id else [])
    query = select(SchoolClass).where(SchoolClass.id.in_(ids), SchoolClass.ended.is_(None))
    classes = {row.id: row for row in await session.scalars(query)}
    for seat in body.seats:
        room = rooms[seat.room_id][0]
        if seat.class_id not in classes or classes[seat.class_id].school_id != room.school_id:
            raise NotValid("class-not-there", zh="班级和教室不在同一所学校。", en="Class and room are of two schools.")
        if seat.interactive and room.kind == "listening":
            zh, en = f"{room.name}是收看教室，不能互动。", f"{room.name} only listens."
            raise NotValid("room-only-listens", zh=zh, en=en)


async def _rooms(session: AsyncSession, ids: Sequence[UUID]) -> dict[UUID, tuple[Room, str]]:
    query = select(Room, Organisation.path).join(Organisation, Organisation.id == Room.school_id)
    found = {room.id: (room, path) for room, path in await session.execute(query.where(Room.id.in_(ids)))}
    if set(ids) - found.keys():
        raise NotValid("room-unknown", zh="没有这间教室。", en="There is no such room.")
    return found


async def must_teach_there(session: AsyncSession, people: Sequence[UUID], places: Sequence[str]) -> None:
    """Each teaches or assists below one of these paths. Raises NotValid, also for whoever does so elsewhere."""
    query = select(func.count(Person.id.distinct())).join(Assignment, Assignment.person_id == Person.id)
    query = query.join(Organisation, Organisation.id == Assignment.organisation_id)
    query = query.where(Person.id.in_(people), Person.disabled_at.is_(None), Assignment.role.in_(TEACHING))
    if await session.scalar(query.where(inside(places))) != len(set(people)):
        raise NotValid("person-unknown", zh="没有这位老师。", en="There is no such teacher.")


async def mine(session: AsyncSession, who: Actor, course: UUID) -> CourseRow:
    row = await session.get(CourseRow, course, with_for_update=True)
    place = await session.get(Organisation, row.authority_id) if row else None
    if row is None or place is None or not who.may("plan.change", place.path):
        raise not_your_place()
    return row


async def courses_out(session: AsyncSession, rows: Sequence[CourseRow]) -> list[CourseOut]:
    seats = (await session.scalars(select(Seat).where(Seat.course_id.in_([row.id for row in rows])))).all()
    ids = [x for row in rows for x in (row.authority_id, row.lead_id, row.room_id)]
    ids += [x for seat in seats for x in (seat.class_id, seat.room_id, seat.assistant_id) if x]
    schools = {room.id: room.school_id for room in await session.scalars(select(Room).where(Room.id.in_(ids)))}
    names = await names_of(session, [*ids, *schools.values()])
    weak = await weak_lines(session, schools.values())
    titles = await fallbacks.titles_of(session, [seat.fallback_id for seat in seats if seat.fallback_id])
    by_course: dict[UUID, list[SeatOut]] = {row.id: [] for row in rows}
    for seat in seats:
        by_course[seat.course_id].append(_seat(seat, names, schools[seat.room_id], weak, titles))
    return [
        CourseOut.model_validate(
            {name: getattr(row, name) for name in PLAIN}
            | {"authority": names[row.authority_id], "lead": names[row.lead_id], "room": names[row.room_id]}
            | {"school": names[schools[row.room_id]]}
            | {"seats": by_course[row.id], "warnings": _warnings(row, by_course[row.id])}
        )
        for row in rows
    ]


def _seat(
    seat: Seat, names: Mapping[UUID, NamedPlace], school: UUID, weak: Container[UUID], titles: Mapping[UUID, str]
) -> SeatOut:
    title = titles.get(seat.fallback_id) if seat.fallback_id else None
    return SeatOut(
        in_class=names[seat.class_id],
        school=names[school],
        room=names[seat.room_id],
        interactive=seat.interactive,
        assistant=names[seat.assistant_id] if seat.assistant_id else None,
        fallback=Named(id=seat.fallback_id, name=title) if seat.fallback_id and title else None,
        weak_line=school in weak,
    )


def _warnings(row: CourseRow, seats: Sequence[SeatOut]) -> list[str]:
    bare = [seat for seat in seats if seat.fallback is None]
    lacking = {
        "no-progress": not any(row.chapters),
        "weak-no-fallback": any(seat.weak_line for seat in bare),
        "no-fallback": bool(bare) and not any(seat.weak_line for seat in bare),
        "no-assistant": any(seat.assistant is None for seat in seats),
    }
    return [code for code, so in lacking.items() if so]
