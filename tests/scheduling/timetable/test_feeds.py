"""Calendar feeds, read back by another library: private, revocable, and never more than the owner's lessons."""

from datetime import datetime, timedelta
from typing import Any

import vobject
from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from admin import seed
from admin.models import Person
from core.clock import now
from scheduling.timetable.models import Feed
from tests.admin.cast import Desk
from tests.scheduling.timetable.cast import LIWENBO, VILLAGE, Planned, at, next_monday, planned
from tests.scheduling.timetable.test_publishing import in_force, published


async def made(here: Planned, who: str, kind: str = "person", status: int = 201, **more: Any) -> Any:
    return await here.sent("POST", "calendar-feeds", {"kind": kind} | more, status, who)


async def fetched(desk: Desk, url: str, status: int = 200, **headers: str) -> Any:
    client = await desk(None)
    answer = await client.get(url.split("127.0.0.1:8000")[-1], headers=headers)
    assert answer.status_code == status, answer.text
    return answer


async def test_a_persons_calendar_holds_her_lessons_for_any_client(desk: Desk) -> None:
    here, _ = await published(desk)
    feed = await made(here, "village")
    assert feed["who"]["name"] == "韦小兰"
    answer = await fetched(desk, feed["url"])
    assert answer.headers["content-type"] == "text/calendar; charset=utf-8"
    read = vobject.readOne(answer.text)
    assert (read.x_wr_calname.value, len(read.vevent_list)) == ("韦小兰的送教课表", 16)
    first = read.vevent_list[0]
    assert (first.summary.value, first.location.value) == ("三年级英语", "三年级教室")
    assert first.description.value == "主讲：陈静怡\n听课：三年级"
    assert first.dtstart.value == datetime.fromisoformat(f"{next_monday()}T08:30:00+08:00")
    assert len({event.uid.value for event in read.vevent_list}) == 16


async def test_the_same_calendar_is_not_sent_twice(desk: Desk) -> None:
    here, _ = await published(desk)
    url = (await made(here, "teacher"))["url"]
    tag = (await fetched(desk, url)).headers["etag"]
    again = await fetched(desk, url, 304, **{"If-None-Match": tag})
    assert (again.content, again.headers["etag"]) == (b"", tag)
    await here.move(at(here.english, 1, 5, "10:30"), revision=2)
    await here.publish(3)
    assert (await fetched(desk, url, **{"If-None-Match": tag})).headers["etag"] != tag


async def test_a_moved_lesson_keeps_its_uid_and_a_cancelled_one_says_so(desk: Desk, session: AsyncSession) -> None:
    here, _ = await published(desk)
    url = (await made(here, "teacher"))["url"]
    before = vobject.readOne((await fetched(desk, url)).text).vevent_list
    await here.move(at(here.english, 1, 5, "10:30"), revision=2)
    await here.publish(3)
    own = await in_force(session, here, here.english, number=2)
    await here.sent("POST", f"published-lessons/{own.id}/cancel", {"reason": "停电"}, 201)
    after = vobject.readOne((await fetched(desk, url)).text).vevent_list
    assert {event.uid.value for event in before} == {event.uid.value for event in after}
    assert sorted(event.sequence.value for event in after) == ["0"] * 3 + ["1"] * 5
    (gone,) = [event for event in after if event.status.value == "CANCELLED"]
    assert "停电" in gone.description.value


async def test_a_substituted_lesson_leaves_one_calendar_and_joins_another(desk: Desk, session: AsyncSession) -> None:
    here, _ = await published(desk)
    own = await in_force(session, here, here.english)
    await here.sent("POST", f"published-lessons/{own.id}/substitute", {"person_id": LIWENBO, "reason": "外出"}, 201)
    lead = vobject.readOne((await fetched(desk, (await made(here, "teacher"))["url"])).text)
    assert [event.status.value for event in lead.vevent_list].count("CANCELLED") == 1
    lent = vobject.readOne((await fetched(desk, (await made(here, "bureau", who_id=LIWENBO))["url"])).text)
    assert [event.status.value for event in lent.vevent_list] == ["CONFIRMED"]


async def test_rooms_and_schools_have_calendars_for_those_who_belong_there(desk: Desk) -> None:
    here, _ = await published(desk)
    room = await made(here, "village", "room", who_id=VILLAGE)
    assert len(vobject.readOne((await fetched(desk, room["url"])).text).vevent_list) == 16
    school = await made(here, "bureau-qinglong", "school", who_id=str(seed.place("yuntou")))
    assert len(vobject.readOne((await fetched(desk, school["url"])).text).vevent_list) == 16
    refused = await made(here, "village", "school", 403, who_id=str(seed.place("xyyx")))
    assert refused["code"] == "not-your-place"
    assert (await made(here, "village", "person", 403, who_id=LIWENBO))["code"] == "not-your-place"
    assert (await made(here, "village", "room", 422))["code"] == "feed-of-whom"


async def test_an_address_is_told_once_kept_as_digest_and_can_be_revoked(desk: Desk, session: AsyncSession) -> None:
    here, _ = await published(desk)
    feed = await made(here, "teacher")
    secret = feed["url"].rsplit("/", 1)[1].removesuffix(".ics")
    assert len(secret) >= 32
    kept = (await session.scalars(select(Feed))).one()
    assert secret not in kept.digest
    (listed,) = (await here.sent("GET", "calendar-feeds", who="teacher"))["items"]
    assert "url" not in listed
    assert (await here.sent("GET", "calendar-feeds", who="colleague"))["items"] == []
    refused = await here.sent("DELETE", f"calendar-feeds/{feed['id']}", status=404, who="colleague")
    assert refused["code"] == "feed-unknown"
    await here.sent("DELETE", f"calendar-feeds/{feed['id']}", status=204, who="bureau")
    gone = (await fetched(desk, feed["url"], 410)).json()
    assert (gone["code"], gone["detail_zh"]) == ("feed-revoked", "这个日历地址已停用，请在送教里重新订阅。")
    guessed = await fetched(desk, "/api/calendars/abcdefgh.ics", 404)
    assert guessed.json()["code"] == "feed-unknown"


async def test_the_calendar_of_somebody_who_left_says_so(desk: Desk) -> None:
    here = await planned(desk)
    feed = await made(here, "village")
    async with desk.ground.transaction() as session:
        await session.execute(update(Person).where(Person.id == seed.person("village")).values(disabled_at=now()))
    gone = (await fetched(desk, feed["url"], 410)).json()
    assert (gone["code"], gone["detail_zh"]) == ("feed-owner-gone", "这个日历的主人已不在名册里，请退订。")
    assert timedelta(0) < now() - datetime.fromisoformat(feed["made_at"]) < timedelta(minutes=5)
