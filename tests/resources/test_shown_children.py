"""Recordings in which a child may be seen, when its family withdraws its consent or wants it erased. The demo's class
of 云头教学点 is given the sending room of 兴义一小, as a class of the model school has it."""

from datetime import timedelta
from io import BytesIO
from typing import Any
from uuid import UUID

import httpx
import pytest
from sqlalchemy import delete, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from admin import seed
from admin.children.ages import CHILD_YEARS
from admin.children.models import Consent, Minor
from admin.models import Organisation, SchoolClass
from admin.roster.models import Enrolment
from admin.today import today
from classroom.lessons.models import Lesson, LessonRoom
from core.clock import now
from core.ids import new_id
from resources.models import Resource, ReviewStep, Upload
from resources.shown_children import of_child
from tests.resources.library import Library

CLASS, CHILD = seed.id_of("class", "520326"), seed.person("student")
FOURTEEN_TODAY = today().replace(year=today().year - CHILD_YEARS, day=min(today().day, 28))
CONSENT = f"/api/children/{CHILD}/consents/recording"


@pytest.fixture
async def recording(library: Library) -> UUID:
    """A lesson of the demo as a recording that is published; the child's class sits in its sending room."""
    async with library.desk.ground.transaction() as session:
        lesson = (await session.scalars(select(Lesson).where(Lesson.demo).order_by(Lesson.starts_at).limit(1))).one()
        sat = select(LessonRoom.room_id).where(LessonRoom.lesson_id == lesson.id, LessonRoom.part == "sending")
        await sit_in(session, await session.scalar(sat))
        since = (lesson.starts_at - timedelta(days=30)).date()
        await session.execute(update(Enrolment).where(Enrolment.person_id == CHILD).values(since=since))
        row = Resource(id=new_id(), lesson_id=lesson.id, kind="lesson", phase="primary", licence="house", unit="1")
        row.title, row.subject, row.grade, row.textbook_version, row.volume = "月相", "科学", 3, "教科版", "下"
        row.filename, row.content_type, row.scope, row.review = "月相.mp4", "video/mp4", "public", "published"
        school = await session.get_one(Organisation, seed.place("xyyx"))
        row.provider_id, row.provider_path, row.stage, row.reach = school.id, school.path, "playable", ""
        row.description = row.chapter = row.author = ""
        row.progress, row.medium = 100, "video"
        row.created_at = row.changed_at = now()
        session.add(row)
        return row.id


async def sit_in(session: AsyncSession, room: UUID | None) -> None:
    await session.execute(update(SchoolClass).where(SchoolClass.id == CLASS).values(room_id=room))


async def call(library: Library, who: str, method: str, address: str, body: Any = None) -> httpx.Response:
    return await (await library.desk(who)).request(method, address, json=body)


async def seen(library: Library, recording: UUID, who: str = "village") -> bool:
    return (await call(library, who, "GET", f"/api/resources/{recording}")).status_code == 200


async def test_a_withdrawal_takes_down_what_may_show_the_child(library: Library, recording: UUID) -> None:
    assert await seen(library, recording)
    assert (await call(library, "parent", "DELETE", CONSENT)).status_code == 204
    assert not await seen(library, recording)
    shown = (await call(library, "bureau", "GET", f"/api/resources/{recording}")).json()
    assert (shown["review"], shown["reviews"][-1]["review"]) == ("withdrawn", "withdrawn")
    assert "监护人" in str(shown["reviews"])


async def test_the_family_sees_on_the_file_which_recordings_these_are(library: Library, recording: UUID) -> None:
    file = (await call(library, "parent", "GET", f"/api/children/{CHILD}")).json()
    [held] = [one["rows"] for one in file["holdings"] if one["key"] == "recordings"]
    assert [(one["title"], one["review"]) for one in held] == [("月相", "published")]


async def test_another_consent_takes_nothing_down(library: Library, recording: UUID) -> None:
    await call(library, "parent", "DELETE", CONSENT.replace("recording", "live"))
    assert await seen(library, recording)


async def test_published_again_only_with_a_reviewers_word(library: Library, recording: UUID) -> None:
    await call(library, "parent", "DELETE", CONSENT)
    refused = await call(library, "bureau", "POST", f"/api/resources/{recording}/publish")
    assert (refused.status_code, refused.json()["code"]) == (409, "consent-withdrawn")
    word = {"reason": "已看完，画面里没有学生"}
    assert (await call(library, "bureau", "POST", f"/api/resources/{recording}/publish", word)).status_code == 200
    assert await seen(library, recording)


async def test_a_recording_that_is_made_later_waits_for_the_same_word(library: Library, recording: UUID) -> None:
    await as_new(library, recording)
    await call(library, "parent", "DELETE", CONSENT)
    await as_new(library, recording)
    refused = await call(library, "bureau", "POST", f"/api/resources/{recording}/publish")
    assert refused.json()["code"] == "consent-withdrawn"


async def as_new(library: Library, recording: UUID) -> None:
    """As if it came from the recorder now: nothing was decided about it yet."""
    async with library.desk.ground.transaction() as session:
        await session.execute(delete(ReviewStep).where(ReviewStep.resource_id == recording))
        await session.execute(update(Resource).where(Resource.id == recording).values(review="waiting"))


async def test_erasing_a_child_takes_the_recordings_down_too(library: Library, recording: UUID) -> None:
    answer = await call(library, "bureau", "POST", f"/api/children/{CHILD}/erasure", {"reason": "监护人申请"})
    assert answer.status_code == 204, answer.text
    assert not await seen(library, recording)
    refused = await call(library, "bureau", "POST", f"/api/resources/{recording}/publish")
    assert refused.json()["code"] == "consent-withdrawn"


@pytest.mark.parametrize("guest", [False, True])
async def test_a_receiving_class_is_only_in_a_recording_with_a_guest_track(
    library: Library, recording: UUID, guest: bool
) -> None:
    ground = library.desk.ground
    await ground.store.answers()
    async with ground.transaction() as session:
        row = await session.get_one(Resource, recording)
        received = select(LessonRoom.room_id).where(LessonRoom.lesson_id == row.lesson_id, LessonRoom.place == 1)
        await sit_in(session, await session.scalar(received))
        if guest:
            name = f"resources/{recording}/source/guest-1"
            track = Upload(resource_id=recording, track="guest", take=1, content_type="video/mp4", store_name=name)
            track.sending, track.part_size, track.person_id = "s", 5, seed.person("bureau")
            track.created_at = track.deadline = track.completed_at = now()
            session.add(track)
    if guest:
        await ground.store.put(name, BytesIO(b"faces"), 5, "video/mp4")
    await call(library, "parent", "DELETE", CONSENT)
    assert await seen(library, recording) is not guest
    if guest:
        assert await ground.store.size(name) is None
        async with ground.transaction() as session:
            assert (await session.scalars(select(Upload).where(Upload.resource_id == recording))).all() == []


async def test_a_lesson_before_the_child_came_or_after_it_left_does_not_count(
    library: Library, recording: UUID
) -> None:
    async with library.desk.ground.transaction() as session:
        row = await session.get_one(Resource, recording)
        lesson = await session.get_one(Lesson, row.lesson_id)
        day = (lesson.starts_at + timedelta(hours=8)).date()
        mine = update(Enrolment).where(Enrolment.person_id == CHILD)
        for since, until, counts in (
            (day, None, True),
            (day + timedelta(1), None, False),
            (day - timedelta(9), day + timedelta(1), True),
            (day - timedelta(9), day, False),
        ):
            await session.execute(mine.values(since=since, until=until))
            assert bool((await session.scalars(of_child(CHILD))).all()) is counts


async def test_a_class_whose_families_were_never_asked_takes_the_word_as_well(
    library: Library, recording: UUID
) -> None:
    await as_new(library, recording)
    async with library.desk.ground.transaction() as session:
        await session.execute(delete(Consent).where(Consent.child_id == CHILD))
    refused = await call(library, "bureau", "POST", f"/api/resources/{recording}/publish")
    assert (refused.status_code, refused.json()["code"]) == (409, "consent-missing")
    async with library.desk.ground.transaction() as session:
        await session.execute(update(Minor).values(born=FOURTEEN_TODAY))
        await session.execute(delete(Enrolment).where(Enrolment.person_id.not_in(select(Minor.person_id))))
    assert (await call(library, "bureau", "POST", f"/api/resources/{recording}/publish")).status_code == 200
