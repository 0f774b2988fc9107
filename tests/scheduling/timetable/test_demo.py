"""The demo's timetable is published, breaks no rule and leaves the demo lesson alone."""

from datetime import timedelta

from sqlalchemy.ext.asyncio import AsyncSession

import classroom.lessons.demo
from admin import seed
from core.clock import now
from scheduling.timetable import demo
from tests.admin.cast import Desk
from tests.admin.roster.test_classes import sent


async def test_the_demo_has_a_published_timetable_without_a_fault(desk: Desk) -> None:
    for _ in range(2):  # loading again changes nothing
        async with desk.ground.transaction() as session:
            await demo.load(session)
    term = str(seed.id_of("term", "demo"))
    (version,) = (await sent(desk, "bureau", "GET", f"timetable-versions?term={term}"))["items"]
    assert (version["number"], version["note"]) == (1, "开学课表")
    assert 80 <= version["lessons"] <= 90  # nine a week, for ten weeks that may have a holiday
    week = await sent(desk, "bureau", "GET", f"timetable/week?term={term}&week=2&by=county&of={seed.place('qxn')}")
    assert len(week["cells"]) == 9
    judged = await sent(desk, "bureau", "GET", f"timetable-drafts/{seed.id_of('draft', 'demo')}/judgement")
    assert (judged["hard"], judged["placed"]) == (0, 9)
    live = (await sent(desk, "bureau", "GET", "lessons?state=live"))["items"]
    assert [one["title"] for one in live] == ["月相变化的规律"]


async def test_the_demos_own_lessons_find_their_places_free_for_weeks(desk: Desk, session: AsyncSession) -> None:
    await demo.load(session)
    for days in range(14, 40):
        moment = now() + timedelta(days=days)
        await classroom.lessons.demo._put_off(session, moment)
