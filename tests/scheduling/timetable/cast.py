"""A coming month in 黔西南: 云头教学点's third class is taught 英语 by 陈静怡 and 科学 by 黄秀兰 of 兴义一小."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from admin import seed
from core.clock import now
from core.ids import new_id
from core.jobs import Job
from scheduling.timetable import publication
from scheduling.timetable.progress import PUBLICATIONS
from tests.admin.cast import Desk
from tests.admin.roster.test_classes import CLASS, sent
from tests.scheduling.calendar.test_calendar_api import QXN, bells, term
from tests.scheduling.plan.test_plan_api import course

YUNTOU, XINGYI = str(seed.place("yuntou")), str(seed.place("xyyx"))
ASSISTANT, TEACHER, COLLEAGUE, LIWENBO = (
    str(seed.person(key)) for key in ("village", "teacher", "colleague", "liwenbo")
)
FIRST_ROOM, SECOND_ROOM, VILLAGE = (str(seed.room(key)) for key in ("XY-03-1", "XY-03-2", "QL-02-1"))


def next_monday() -> date:
    """At least a week ahead, so that nothing of the demo is near."""
    ahead = now().date() + timedelta(days=8)
    return ahead + timedelta(days=-ahead.weekday() % 7)


@dataclass
class Planned:
    desk: Desk
    term: str
    english: str
    science: str
    draft: str

    async def sent(self, method: str, address: str, body: Any = None, status: int = 200, who: str = "bureau") -> Any:
        return await sent(self.desk, who, method, address, body, status)

    async def move(self, *moves: dict[str, Any], revision: int, status: int = 200, who: str = "bureau") -> Any:
        body = {"revision": revision, "moves": list(moves)}
        return await self.sent("PATCH", f"timetable-drafts/{self.draft}/lessons", body, status, who)

    async def placed(self) -> int:
        """Four lessons where nothing hard is broken; the revision after it."""
        moves = [
            at(self.english, 1, 1, "08:30"), at(self.english, 2, 3, "08:30"),
            at(self.science, 1, 2, "09:20"), at(self.science, 2, 4, "09:20"),
        ]  # fmt: skip
        found: int = (await self.move(*moves, revision=1))["draft"]["revision"]
        return found

    async def publish(self, revision: int, state: str = "done", note: str = "") -> Any:
        """As the worker does it; the version, or what is told of a publishing that was refused."""
        version, by = new_id(), str(seed.person("bureau"))
        await PUBLICATIONS.begin(self.desk.ground, UUID(self.draft), version.hex, publication.NONE)
        await self.work(publication.publish, self.draft, str(version), revision, note, by)
        told = await self.sent("GET", f"timetable-drafts/{self.draft}/publication")
        assert told["state"] == state, told
        if state != "done":
            return told
        versions = (await self.sent("GET", f"timetable-versions?term={self.term}"))["items"]
        return next(one for one in versions if one["id"] == told["version_id"])

    async def work(self, job: Job, *arguments: Any) -> None:
        async with self.desk.ground.transaction() as session:
            await job.work(session, self.desk.ground, *arguments)

    async def week(self, number: int = 1, by: str = "class", of: str = CLASS, who: str = "bureau") -> Any:
        return await self.sent("GET", f"timetable/week?term={self.term}&week={number}&by={by}&of={of}", who=who)


def at(course_id: str, number: int, weekday: int | None, starts: str | None, **more: Any) -> dict[str, Any]:
    return {"course_id": course_id, "number": number, "weekday": weekday, "starts": starts} | more


def first_week(weekday: int, clock: str) -> str:
    """The moment as the API tells it: in UTC."""
    hours, minutes = map(int, clock.split(":"))
    day = next_monday() + timedelta(days=weekday - 1)
    return f"{day}T{hours - 8:02d}:{minutes:02d}:00Z"


async def planned(desk: Desk) -> Planned:
    monday = next_monday()
    own = (await term(desk, school_year=2040, first=str(monday), last=str(monday + timedelta(days=25))))["id"]
    await bells(desk)
    english = (await course(desk, own))["id"]
    seat = {"class_id": CLASS, "room_id": VILLAGE, "interactive": True, "assistant_id": ASSISTANT}
    other: dict[str, Any] = {
        "name": "三年级科学",
        "subject": "科学",
        "lead_id": COLLEAGUE,
        "room_id": SECOND_ROOM,
        "seats": [seat],
    }
    science = (await course(desk, own, **other))["id"]
    body = {"term_id": own, "place_id": QXN, "name": "第一稿"}
    draft = (await sent(desk, "bureau", "POST", "timetable-drafts", body, 201))["id"]
    return Planned(desk, own, english, science, draft)
