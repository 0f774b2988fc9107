"""The demo's timetable: a short term that begins two weeks ahead, five courses of the two primary demonstration
schools, one draft and its published version. It keeps away from the rooms, people and hours of the demo's own lessons,
which are to find their places free, and from today, for the demo lesson is to be the only live one."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from admin import seed
from admin.models import Assignment, Person, Room, SchoolClass
from core.clock import now
from scheduling.calendar.models import BellRow, TermRow
from scheduling.plan.models import CourseRow, Seat
from scheduling.timetable.drafts import put
from scheduling.timetable.models import Draft
from scheduling.timetable.publishing import Issue, issue_draft

AHEAD, LASTS = timedelta(days=15), timedelta(weeks=10, days=-3)
MINUTES = 40
PERIODS = ((510, 550), (560, 600), (630, 670), (680, 720), (840, 880), (890, 930))
FIRST, SECOND, NOON, LAST = 510, 560, 680, 890
"""The periods that lessons of the demo never begin in."""
ASSISTANTS = {
    "cenyulan": ("岑玉兰", "shuanghe"),
    "luochunmei": ("罗春梅", "xinchang-x"),
    "weiguoping": ("韦国平", "longtang"),
    "wangmingfang": ("王明芳", "dawan"),
}
RECEIVING = {
    "ZF-02-1": ("zheyan", "wangchaofen", "731001"),
    "CH-02-1": ("pojiao", "luozhengxing", "731002"),
    "PA-02-1": ("shuanghe", "cenyulan", "731003"),
    "XR-02-1": ("xinchang-x", "luochunmei", "731004"),
    "AL-03-1": ("longtang", "weiguoping", "731005"),
    "QL-03-1": ("dawan", "wangmingfang", "731006"),
}
"""Room → its school, its assistant, the code of the class that sits there."""


@dataclass(frozen=True)
class Given:
    """A course and its lessons: weekday and minute."""

    subject: str
    lead: str
    room: str
    seats: Sequence[str]
    lessons: Sequence[tuple[int, int]]

    @property
    def id(self) -> UUID:
        return seed.id_of("course", f"demo-{self.subject}")


COURSES = (
    Given("音乐", "liwenbo", "XY-03-2", ("ZF-02-1", "CH-02-1"), ((1, FIRST), (4, FIRST))),
    Given("英语", "wuxiuying", "XY-04-1", ("CH-02-1", "PA-02-1"), ((2, SECOND), (4, SECOND))),
    Given("美术", "colleague", "XY-03-2", ("XR-02-1", "AL-03-1"), ((3, FIRST), (5, FIRST))),
    Given("科学", "wuxiuying", "XY-04-1", ("QL-03-1", "ZF-02-1"), ((2, NOON), (5, NOON))),
    Given("信息科技", "liwenbo", "XY-03-2", ("PA-02-1", "AL-03-1", "XR-02-1"), ((1, LAST),)),
)


async def load(session: AsyncSession) -> None:
    """Loading again changes nothing. The registry's demo must be there (admin.demo.load)."""
    own, place = seed.id_of("term", "demo"), seed.place("qxn")
    if await session.get(TermRow, own) is not None:
        return
    first = _monday(now().date() + AHEAD)
    autumn = first.month >= 8
    year = first.year if autumn else first.year - 1
    term = TermRow(id=own, place_id=place, school_year=year, number=1 if autumn else 2, first=first, last=first + LASTS)
    session.add(term)
    await _bells(session, place)
    await _people_and_classes(session)
    await _courses(session, term)
    draft = Draft(id=seed.id_of("draft", "demo"), term_id=own, place_id=place, name="第一稿", revision=1)
    draft.changed_at = now()
    session.add(draft)
    await session.flush()
    await put(session, draft, [
        (one.id, number, weekday, start, False)
        for one in COURSES
        for number, (weekday, start) in enumerate(one.lessons, start=1)
    ])  # fmt: skip
    await issue_draft(session, draft, Issue(None, "开学课表"))


async def _bells(session: AsyncSession, place: UUID) -> None:
    if await session.scalar(select(BellRow.id).where(BellRow.place_id == place, BellRow.stage == "primary").limit(1)):
        return
    periods = [list(period) for period in PERIODS]
    row = BellRow(id=seed.id_of("bells", "demo"), place_id=place, stage="primary", name="全州小学作息", periods=periods)
    row.first = date(now().year, 1, 1)
    session.add(row)


async def _people_and_classes(session: AsyncSession) -> None:
    people = [
        {"id": seed.person(key), "username": key, "name": name, "language": "zh", "demo": True}
        for key, (name, _) in ASSISTANTS.items()
    ]
    roles = [
        {"id": seed.id_of("role", key), "person_id": seed.person(key), "role": "assistant"}
        | {"organisation_id": seed.place(school)}
        for key, (_, school) in ASSISTANTS.items()
    ]
    classes = [
        {"id": seed.id_of("class", code), "school_id": seed.place(school), "room_id": seed.room(room)}
        | {"name": "三年级", "grade": 3, "code": code}
        for room, (school, _, code) in RECEIVING.items()
    ]
    for table, rows in ((Person, people), (Assignment, roles), (SchoolClass, classes)):
        await seed.add(session, table, rows)


async def _courses(session: AsyncSession, term: TermRow) -> None:
    kinds = {room.key: room.kind for room in await session.scalars(select(Room).where(Room.key.in_(RECEIVING)))}
    session.add_all(
        CourseRow(
            id=one.id, term_id=term.id, authority_id=term.place_id, name=f"三年级{one.subject}", kind="dedicated",
            subject=one.subject, grade=3, lead_id=seed.person(one.lead), room_id=seed.room(one.room),
            weekly=len(one.lessons), minutes=MINUTES, weeks="all", version=1,
        )
        for one in COURSES
    )  # fmt: skip
    await session.flush()
    session.add_all(
        Seat(
            course_id=one.id, class_id=seed.id_of("class", code), room_id=seed.room(room),
            interactive=kinds[room] == "interactive", assistant_id=seed.person(assistant), fallback_id=None,
        )
        for one in COURSES
        for room in one.seats
        for _, assistant, code in [RECEIVING[room]]
    )  # fmt: skip
    await session.flush()


def _monday(day: date) -> date:
    return day + timedelta(days=-day.weekday() % 7)
