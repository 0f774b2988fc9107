"""Interactive rooms are recorded only while every family of the classes that sit there agrees."""

from datetime import date
from io import BytesIO
from typing import Any
from uuid import UUID

import httpx
import pytest
from sqlalchemy import delete, insert, select, update

from admin import seed
from admin.children.families import WORDING
from admin.children.models import Consent
from admin.models import Pupil, Room, SchoolClass
from admin.roster.models import Enrolment
from classroom.lessons.models import Lesson, LessonRoom
from core.clock import now
from core.ids import new_id
from resources import keeping
from resources.guests import Child, lacking
from resources.models import ResourceFile, Upload
from tests.resources.library import Library
from tests.resources.test_recordings import fragmented, hand_over, lesson, recorder

__all__ = ["fragmented", "lesson", "recorder"]

DAY = date(2026, 11, 23)
CLASS, CHILD = seed.id_of("class", "520326"), seed.person("student")
WHOLE: tuple[bytes, list[list[int]]] = (b"faces", [])


@pytest.mark.parametrize(
    ("born", "agreed", "lacks"),
    [
        (date(2017, 4, 12), True, 0),
        (date(2017, 4, 12), False, 1),
        (None, False, 1),
        (date(2012, 11, 23), False, 0),
        (date(2012, 11, 24), False, 1),
    ],
)
def test_below_fourteen_a_family_must_agree(born: date | None, agreed: bool, lacks: int) -> None:
    assert lacking([Child(born, agreed)], DAY) == lacks


@pytest.fixture
async def agreed(library: Library, lesson: UUID) -> UUID:
    """One interactive room, in which the demo's class sits; every family agrees, and the lesson wants rooms."""
    async with library.desk.ground.transaction() as session:
        await session.execute(update(Lesson).where(Lesson.id == lesson).values(recording="teacher_board_rooms"))
        receiving = select(LessonRoom.room_id).where(LessonRoom.lesson_id == lesson, LessonRoom.part == "receiving")
        first, *rest = (await session.scalars(receiving.order_by(LessonRoom.place))).all()
        await session.execute(update(Room).where(Room.id == first).values(kind="interactive"))
        await session.execute(update(Room).where(Room.id.in_(rest)).values(kind="listening"))
        await session.execute(update(SchoolClass).where(SchoolClass.room_id == first).values(room_id=None))
        await session.execute(update(SchoolClass).where(SchoolClass.id == CLASS).values(room_id=first))
        await session.execute(update(Enrolment).where(Enrolment.person_id == CHILD).values(since=date(2026, 9, 1)))
        pupils = (await session.scalars(select(Pupil.person_id).where(Pupil.class_id == CLASS))).all()
        mine = delete(Consent).where(Consent.child_id.in_(pupils), Consent.purpose == "recording")
        await session.execute(mine)
        given = {"purpose": "recording", "wording": WORDING, "given_at": now(), "guardian_id": seed.person("parent")}
        await session.execute(insert(Consent), [given | {"id": new_id(), "child_id": child} for child in pupils])
    return lesson


async def told(library: Library, lesson: UUID, who: str = "bureau") -> dict[str, Any]:
    answer = await (await library.desk(who)).get(f"/api/recordings/{lesson}/rooms")
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


async def withdraw(library: Library) -> None:
    answer = await (await library.desk("parent")).delete(f"/api/children/{CHILD}/consents/recording")
    assert answer.status_code == 204, answer.text


async def track(recorder: httpx.AsyncClient, lesson: UUID, name: str = "room1") -> httpx.Response:
    body = {"track": name, "content_type": "video/mp4"}
    return await recorder.post(f"/api/recordings/{lesson}/tracks", json=body)


async def test_rooms_are_recorded_when_all_families_agree_and_the_lesson_wants_them(
    library: Library, agreed: UUID
) -> None:
    found = await told(library, agreed)
    assert (found["wanted"], found["recorded"], [one["lacking"] for one in found["rooms"]]) == (True, True, [0])
    assert found["rooms"][0]["children"] > 1
    async with library.desk.ground.transaction() as session:
        await session.execute(update(Lesson).where(Lesson.id == agreed).values(recording="teacher_board"))
    found = await told(library, agreed)
    assert (found["wanted"], found["recorded"]) == (False, False)


async def test_one_family_that_does_not_agree_is_enough(library: Library, agreed: UUID) -> None:
    await withdraw(library)
    found = await told(library, agreed)
    assert (found["recorded"], [one["lacking"] for one in found["rooms"]]) == (False, [1])


async def test_a_room_where_no_class_is_known_is_not_recorded(library: Library, agreed: UUID) -> None:
    async with library.desk.ground.transaction() as session:
        await session.execute(update(SchoolClass).where(SchoolClass.id == CLASS).values(room_id=None))
    found = await told(library, agreed)
    assert (found["recorded"], [one["children"] for one in found["rooms"]]) == (False, [0])


async def test_pupils_and_families_do_not_read_who_lacks_a_consent(library: Library, agreed: UUID) -> None:
    for who in ("student", "parent", "village"):
        assert (await (await library.desk(who)).get(f"/api/recordings/{agreed}/rooms")).status_code == 403


async def test_the_library_takes_rooms_only_while_all_agree(
    library: Library, recorder: httpx.AsyncClient, agreed: UUID
) -> None:
    await recorder.put(f"/api/recordings/{agreed}")
    assert (await track(recorder, agreed)).status_code == 200
    await withdraw(library)
    for name in ("room1", "room2", "guest"):
        refused = await track(recorder, agreed, name)
        assert (refused.status_code, refused.json()["code"]) == (409, "families-disagree")
    assert (await track(recorder, agreed, "teacher")).status_code == 200


async def test_a_withdrawal_destroys_what_has_come_of_the_rooms(
    library: Library, recorder: httpx.AsyncClient, agreed: UUID
) -> None:
    begun = (await recorder.put(f"/api/recordings/{agreed}")).json()
    upload = await hand_over(library, recorder, agreed, "room1", *WHOLE)
    name = f"resources/{begun['resource_id']}/source/room1-1"
    assert await library.desk.ground.store.size(name) == 5
    await withdraw(library)
    assert await library.desk.ground.store.size(name) is None
    gone = await recorder.get(f"/api/uploads/{upload['id']}")
    assert (gone.status_code, gone.json()["code"]) == (404, "upload-unknown")


async def test_the_recorder_lets_the_rooms_go_and_the_rest_is_completed(
    library: Library, recorder: httpx.AsyncClient, agreed: UUID
) -> None:
    begun = (await recorder.put(f"/api/recordings/{agreed}")).json()
    await hand_over(library, recorder, agreed, "teacher", *WHOLE)
    assert (await track(recorder, agreed)).status_code == 200
    for _ in range(2):
        assert (await recorder.delete(f"/api/recordings/{agreed}/rooms")).status_code == 204
    over = await recorder.post(f"/api/recordings/{agreed}/complete", json={"seconds": 6})
    assert over.status_code == 200, over.text
    async with library.desk.ground.transaction() as session:
        query = select(Upload.track).where(Upload.resource_id == UUID(begun["resource_id"]))
        assert (await session.scalars(query)).all() == ["teacher"]
    assert (await (await library.desk("bureau")).delete(f"/api/recordings/{agreed}/rooms")).status_code == 403


async def test_a_rendition_that_comes_after_the_withdrawal_is_thrown_away(
    library: Library, recorder: httpx.AsyncClient, agreed: UUID, tmp_path: Any
) -> None:
    resource = UUID((await recorder.put(f"/api/recordings/{agreed}")).json()["resource_id"])
    await hand_over(library, recorder, agreed, "room1", *WHOLE)
    kept = await keeping.held(library.desk.ground, resource)
    assert kept is not None
    await withdraw(library)
    made = tmp_path / "made.mp4"
    made.write_bytes(BytesIO(b"faces").getvalue())
    await keeping.put_file(library.desk.ground, kept, made, "rendition", "video/mp4", track="room1", number=360)
    assert await library.desk.ground.store.size(f"resources/{resource}/rendition/room1-360.mp4") is None
    async with library.desk.ground.transaction() as session:
        assert (await session.scalars(select(ResourceFile).where(ResourceFile.resource_id == resource))).all() == []


async def test_a_room_is_a_track_of_its_own(
    library: Library, recorder: httpx.AsyncClient, agreed: UUID, fragmented: tuple[bytes, list[list[int]]]
) -> None:
    await recorder.put(f"/api/recordings/{agreed}")
    for name in ("room1", "teacher"):
        await hand_over(library, recorder, agreed, name, *fragmented)
    over = (await recorder.post(f"/api/recordings/{agreed}/complete", json={"seconds": 6})).json()
    await library.work(UUID(over["resource_id"]))
    page = await library.get(over["resource_id"])
    assert {one["track"] for one in page["media"] if one["role"] == "source"} == {"teacher", "room1"}
    assert page["stage"] == "playable"
