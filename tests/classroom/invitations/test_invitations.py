"""Keys for senders from outside: asked for by a bureau, approved by another at the prefecture, good for one lesson."""

import asyncio
import subprocess
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import imageio_ffmpeg
import pytest
from redis.asyncio import Redis
from redis.exceptions import ConnectionError
from sqlalchemy import select, update

from admin import seed
from admin.models import Assignment
from classroom.invitations.actions import repeat_taken_back
from classroom.invitations.models import Invitation
from classroom.orders import Order, read_order, standing
from core.audit import AuditEntry
from core.ids import new_id
from core.tickets import TicketVerifier
from tests.admin.cast import Desk, lesson_body
from tests.classroom.conftest import RunningRelay
from tests.classroom.lessons.test_tickets import live

GUEST = {"name": "杨慧敏", "organisation": "贵阳市实验小学"}


async def asked(desk: Desk, by: str = "bureau", **more: Any) -> dict[str, Any]:
    body = {"lesson_id": await live(desk), **GUEST, **more}
    answer = await (await desk(by)).post("/api/invitations", json=body)
    assert answer.status_code == 201, answer.text
    made: dict[str, Any] = answer.json()
    return made


async def approved(desk: Desk) -> dict[str, Any]:
    made = await asked(desk)
    answer = await (await desk("admin")).post(f"/api/invitations/{made['id']}/approval")
    assert answer.status_code == 200, answer.text
    return made


async def enter(desk: Desk, key: str) -> httpx.Response:
    return await (await desk(None)).post("/api/invitations/tickets", json={"key": key})


async def refused(desk: Desk, key: str) -> tuple[int, str]:
    answer = await enter(desk, key)
    assert answer.json()["detail_zh"]
    assert answer.json()["detail_en"]
    return answer.status_code, answer.json()["code"]


async def test_an_approved_key_opens_one_lessons_slots_and_nothing_else(desk: Desk) -> None:
    made = await approved(desk)
    answer = await enter(desk, made["key"])
    assert answer.status_code == 200, answer.text
    given = answer.json()
    ticket = TicketVerifier(desk.ground.signer.public_key).verify(given["ticket"], datetime.now(UTC).timestamp())
    assert (ticket.lesson, ticket.publish, ticket.watch) == (await live(desk), ("teacher", "board"), False)
    assert (ticket.person, ticket.name, ticket.takeover) == (made["id"], "杨慧敏", False)
    assert given["whip_url"].endswith(f"/whip/{ticket.lesson}")
    assert given["expires_at"] == made["valid_until"]
    [row] = (await (await desk("bureau")).get("/api/invitations")).json()["items"]
    assert (row["uses"], row["state"], row["approved_by"]["name"] != row["asked_by"]["name"]) == (1, "open", True)


async def test_before_approval_a_key_opens_nothing(desk: Desk) -> None:
    made = await asked(desk)
    assert await refused(desk, made["key"]) == (403, "invitation-asked")
    assert await refused(desk, "x" * 43) == (401, "invitation-key-unknown")


async def test_only_another_administrator_of_the_prefecture_approves(desk: Desk) -> None:
    made = await asked(desk, by="admin")
    own = await (await desk("admin")).post(f"/api/invitations/{made['id']}/approval")
    assert (own.status_code, own.json()["code"]) == (403, "invitation-is-your-own")
    bureau = await (await desk("bureau")).post(f"/api/invitations/{made['id']}/approval")
    assert (bureau.status_code, bureau.json()["code"]) == (403, "not-allowed")
    assert await refused(desk, made["key"]) == (403, "invitation-asked")


@pytest.mark.parametrize(("place", "status"), [("qxn", 200), ("xingyi", 403)])
async def test_an_administrator_of_the_prefecture_approves_one_of_a_county_does_not(
    desk: Desk, place: str, status: int
) -> None:
    made = await asked(desk)
    async with desk.ground.transaction() as session:
        row = Assignment(
            id=new_id(), person_id=seed.person("colleague"), role="admin", organisation_id=seed.place(place)
        )
        session.add(row)
    answer = await (await desk("colleague")).post(f"/api/invitations/{made['id']}/approval")
    assert answer.status_code == status, answer.text


async def test_what_is_taken_back_is_refused_and_not_approved_any_more(desk: Desk) -> None:
    made = await approved(desk)
    bureau = await desk("bureau")
    for _ in range(2):
        assert (await bureau.delete(f"/api/invitations/{made['id']}")).status_code == 204
    assert await refused(desk, made["key"]) == (403, "invitation-revoked")
    late = await (await desk("admin")).post(f"/api/invitations/{made['id']}/approval")
    assert (late.status_code, late.json()["code"]) == (409, "invitation-revoked")


async def test_what_was_taken_back_while_valkey_was_away_is_told_later(desk: Desk, monkeypatch: Any) -> None:
    made = await approved(desk)
    await enter(desk, made["key"])

    async def refuse(self: Redis, *args: Any, **kwargs: Any) -> None:
        raise ConnectionError("down")

    with monkeypatch.context() as outage:
        outage.setattr(Redis, "eval", refuse)
        assert (await (await desk("bureau")).delete(f"/api/invitations/{made['id']}")).status_code == 204
    assert await standing(desk.ground.valkey) == []
    async with desk.ground.transaction() as session:
        await repeat_taken_back(session, desk.ground)
    assert [read_order(text) for text in await standing(desk.ground.valkey)] == [
        Order(await live(desk), "unseat", made["id"])
    ]


async def test_out_of_its_time_a_key_is_refused(desk: Desk) -> None:
    made = await approved(desk)
    for shift, code in ((timedelta(hours=1), "invitation-approved"), (timedelta(days=-2), "invitation-expired")):
        async with desk.ground.transaction() as session:
            moved = {name: getattr(Invitation, name) + shift for name in ("valid_from", "valid_until")}
            await session.execute(update(Invitation).values(moved))
        assert await refused(desk, made["key"]) == (403, code)


async def test_an_invitation_lies_within_its_lesson_and_a_lesson_ahead_is_not_open(desk: Desk) -> None:
    bureau = await desk("bureau")
    ahead = (await bureau.post("/api/lessons", json=lesson_body())).json()
    made = await asked(desk, lesson_id=ahead["id"])
    await (await desk("admin")).post(f"/api/invitations/{made['id']}/approval")
    assert await refused(desk, made["key"]) == (403, "invitation-approved")
    outside = {"lesson_id": ahead["id"], **GUEST, "valid_from": "2026-01-01T08:00:00Z"}
    answer = await bureau.post("/api/invitations", json=outside)
    assert (answer.status_code, answer.json()["code"]) == (422, "invitation-outside-lesson")


async def test_every_step_is_on_record_and_the_key_is_not(desk: Desk) -> None:
    made = await approved(desk)
    await enter(desk, made["key"])
    async with desk.ground.transaction() as session:
        kept = select(AuditEntry).where(AuditEntry.object == f"invitation:{made['id']}").order_by(AuditEntry.number)
        entries = (await session.scalars(kept)).all()
        digests = (await session.scalars(select(Invitation.key))).all()
    assert [entry.action for entry in entries] == ["invitation.ask", "invitation.approve", "invitation.use"]
    assert made["key"] not in str([(entry.before, entry.after) for entry in entries])
    assert made["key"].encode() not in digests


async def test_an_encoder_outside_sends_by_its_key_until_it_is_taken_back(
    desk: Desk, demo_environment: dict[str, str], make_relay: Callable[[dict[str, str]], RunningRelay]
) -> None:
    shared = {name: demo_environment[name] for name in ("SONGJIAO_SECRET_KEY", "SONGJIAO_REDIS_URL")}
    relay, made = make_relay({**shared, "SONGJIAO_MEDIA_ADDRESSES": "127.0.0.1"}), await approved(desk)
    ticket = (await enter(desk, made["key"])).json()["ticket"]
    async with httpx.AsyncClient(headers={"Authorization": f"Bearer {ticket}"}) as client:
        elsewhere = await client.post(relay.whip("another"), headers={"Content-Type": "application/sdp"})
    assert (elsewhere.status_code, elsewhere.json()["code"]) == (403, "ticket-for-another-lesson")
    encoder = _encoder(relay.whip(await live(desk)), ticket)
    name = 'songjiao_relay_sessions{door="whip",state="connected"}'
    try:
        await _until(lambda: relay.metrics()[name] == 1)
        await (await desk("bureau")).delete(f"/api/invitations/{made['id']}")
        await _until(lambda: relay.metrics()[name] == 0)
    finally:
        encoder.kill()
        encoder.communicate()


def _encoder(url: str, ticket: str) -> "subprocess.Popen[bytes]":
    source = ["-re", "-f", "lavfi", "-i", "testsrc2=size=320x240:rate=15", "-f", "lavfi", "-i", "sine=440:r=48000"]
    video = ["-c:v", "libx264", "-preset", "ultrafast", "-profile:v", "baseline", "-bf", "0", "-g", "15"]
    audio = ["-pix_fmt", "yuv420p", "-c:a", "libopus", "-ar", "48000", "-ac", "2"]
    command = [imageio_ffmpeg.get_ffmpeg_exe(), "-v", "warning", *source, *video, *audio]
    return subprocess.Popen([*command, "-f", "whip", "-authorization", ticket, url], stdin=subprocess.DEVNULL)


async def _until(condition: Callable[[], bool]) -> None:
    async with asyncio.timeout(20):
        while not condition():
            await asyncio.sleep(0.1)
