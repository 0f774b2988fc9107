"""The recorder at the web: its ticket, the lesson under way for rooms without UDP, and trouble that is told."""

import json
from typing import Any

import httpx
import pytest
from sqlalchemy import select, update

from admin.notices.models import Notice
from classroom.interaction.log import LessonLog
from classroom.lessons.models import Lesson
from classroom.recorder import trouble
from core import alive
from core.audit import AuditEntry
from core.clock import timestamp
from core.service_keys import ServiceKey, sign
from core.tickets import TicketVerifier
from tests.admin.cast import Desk


async def live(desk: Desk) -> str:
    [lesson] = (await (await desk("bureau")).get("/api/lessons?state=live")).json()["items"]
    identity: str = lesson["id"]
    return identity


@pytest.fixture
async def recorder(desk: Desk) -> httpx.AsyncClient:
    key = sign(desk.ground.signer, ServiceKey("recorder", timestamp() + 60))
    answer = await (await desk(None)).post("/api/sessions", json={"service_key": key})
    assert answer.status_code == 201, answer.text
    headers = {"Authorization": f"Bearer {answer.json()['access_token']}"}
    transport = httpx.ASGITransport(app=desk.app)
    return httpx.AsyncClient(transport=transport, base_url="http://songjiao.test", headers=headers)


async def ticket_of(client: httpx.AsyncClient, lesson: str, seat: str) -> dict[str, Any]:
    answer = await client.post(f"/api/lessons/{lesson}/ticket", json={"as": seat})
    assert answer.status_code == 200, answer.text
    told: dict[str, Any] = answer.json()
    return told


async def test_the_recorder_sees_live_lessons_and_gets_a_ticket_that_only_watches(
    desk: Desk, recorder: httpx.AsyncClient
) -> None:
    lesson = await live(desk)
    items = (await recorder.get("/api/lessons", params={"state": "live", "limit": 100})).json()["items"]
    assert [(one["id"], one["recording"]) for one in items] == [(lesson, "teacher_board")]
    told = await ticket_of(recorder, lesson, "recorder")
    ticket = TicketVerifier(desk.ground.signer.public_key).verify(told["ticket"], timestamp())
    assert (ticket.role, ticket.publish, ticket.watch, ticket.human) == ("recorder", (), True, True)
    assert told["whep_urls"]
    assert told["whip_url"] is None


async def test_a_lesson_that_is_not_recorded_has_no_place_for_a_recorder(
    desk: Desk, recorder: httpx.AsyncClient
) -> None:
    lesson = await live(desk)
    async with desk.ground.transaction() as session:
        await session.execute(update(Lesson).where(Lesson.id == lesson).values(recording="none"))
    answer = await recorder.post(f"/api/lessons/{lesson}/ticket", json={"as": "recorder"})
    assert (answer.status_code, answer.json()["code"]) == (403, "not-your-lesson")


@pytest.mark.parametrize("who", ["teacher", "village", "bureau", "admin"])
async def test_nobody_else_sits_in_the_recorders_place(desk: Desk, who: str) -> None:
    answer = await (await desk(who)).post(f"/api/lessons/{await live(desk)}/ticket", json={"as": "recorder"})
    assert answer.status_code == 403


async def test_a_lesson_is_followed_with_its_own_ticket_only(desk: Desk) -> None:
    village, lesson = await desk("village"), await live(desk)
    address = f"/api/lessons/{lesson}/live/teacher.m3u8"
    assert (await village.get(address)).status_code == 401
    other = (await ticket_of(await desk("teacher"), lesson, "teacher"))["ticket"]
    assert (await village.get(address, headers={"Songjiao-Ticket": other})).status_code == 401
    own = (await ticket_of(village, lesson, "classroom"))["ticket"]
    answer = await village.get(address, headers={"Songjiao-Ticket": own})
    assert (answer.status_code, answer.json()["code"]) == (404, "not-live-here")


async def test_a_recorder_that_does_not_answer_is_told_in_words(desk: Desk) -> None:
    village, lesson = await desk("village"), await live(desk)
    held = json.dumps({"name": "recorder-1", "url": "http://127.0.0.1:9"})
    await desk.ground.valkey.set(alive.RECORDING.format(lesson=lesson), held)
    own = (await ticket_of(village, lesson, "classroom"))["ticket"]
    answer = await village.get(f"/api/lessons/{lesson}/live/teacher.m3u8", headers={"Songjiao-Ticket": own})
    assert (answer.status_code, answer.json()["code"]) == (503, "recorder-away")


@pytest.mark.parametrize("name", ["..%2Fhealth", "teacher.m3u8.exe", "x" * 80, "teacher-1-init"])
async def test_only_names_of_playlists_and_parts_are_passed_on(desk: Desk, name: str) -> None:
    answer = await (await desk("village")).get(f"/api/lessons/{await live(desk)}/live/{name}")
    assert answer.status_code in (404, 422)


async def test_trouble_is_on_record_and_the_bureau_is_told(desk: Desk, recorder: httpx.AsyncClient) -> None:
    lesson = await live(desk)
    for reason in ("No space left on device", None):
        answer = await recorder.post(f"/api/recordings/{lesson}/trouble", json={"trouble": reason})
        assert answer.status_code == 204, answer.text
    async with desk.ground.transaction() as session:
        wanted = AuditEntry.action.in_(("recording.trouble", "recording.recovered"))
        rows = (await session.scalars(select(AuditEntry).where(wanted).order_by(AuditEntry.number))).all()
        kinds = set((await session.scalars(select(Notice.kind))).all())
    assert [row.action for row in rows] == ["recording.trouble", "recording.recovered"]
    assert {"recording.trouble", "recording.recovered"} <= kinds


async def test_only_the_recorder_reports_trouble(desk: Desk) -> None:
    answer = await (await desk("teacher")).post(f"/api/recordings/{await live(desk)}/trouble", json={"trouble": "x"})
    assert answer.status_code == 403


async def test_a_lesson_that_nobody_records_is_told_once_and_so_is_its_return(desk: Desk) -> None:
    lesson, ground = await live(desk), desk.ground
    async with ground.transaction() as session:
        early = select(Lesson.starts_at).where(Lesson.id == lesson)
        begun = (await session.execute(early)).scalar_one() - trouble.NOBODY
        await session.execute(update(Lesson).where(Lesson.id == lesson).values(starts_at=begun))
    for holder in (None, None, "held", "held"):
        if holder:
            await ground.valkey.set(alive.RECORDING.format(lesson=lesson), holder)
        async with ground.transaction() as session:
            await trouble.watch(session, ground)
    async with ground.transaction() as session:
        told = select(AuditEntry.action).where(AuditEntry.action.like("recording.%")).order_by(AuditEntry.number)
        assert (await session.scalars(told)).all() == ["recording.trouble", "recording.recovered"]
    _, facts = await LessonLog(ground.valkey).state(lesson)
    assert [one.body and one.body["state"] for one in facts if one.type == "recording"] == ["trouble"]
