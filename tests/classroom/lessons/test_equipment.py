"""What a recording host's key opens: the lessons of its own room, its slots there, and nothing else."""

from datetime import UTC, datetime

import httpx

from admin import seed
from core.tickets import TicketVerifier
from tests.admin.cast import Desk, lesson_body
from tests.admin.test_pairing import host, look
from tests.classroom.lessons.test_tickets import live


async def paired(desk: Desk, room: str) -> httpx.AsyncClient:
    """The host's own client."""
    made, claimed = await host(desk, room=room, by="admin")
    assert claimed.status_code == 200, claimed.text
    key = (await look(desk, made)).json()["device_key"]
    signed = await (await desk(None)).post("/api/sessions", json={"device_key": key})
    headers = {"Authorization": f"Bearer {signed.json()['access_token']}"}
    transport = httpx.ASGITransport(app=desk.app)
    desk.clients[f"host {room}"] = httpx.AsyncClient(
        transport=transport, base_url="http://songjiao.test", headers=headers
    )
    return desk.clients[f"host {room}"]


async def test_a_sending_rooms_host_gets_the_lessons_picture_and_board_and_may_not_watch(desk: Desk) -> None:
    lesson = await live(desk)
    shown = (await (await desk("bureau")).get(f"/api/lessons/{lesson}")).json()
    box = await paired(desk, shown["sending_room"]["id"])
    assert [one["id"] for one in (await box.get("/api/lessons?state=live")).json()["items"]] == [lesson]
    answer = await box.post(f"/api/lessons/{lesson}/ticket", json={"as": "equipment"})
    assert answer.status_code == 200, answer.text
    verifier = TicketVerifier(desk.ground.signer.public_key)
    ticket = verifier.verify(answer.json()["ticket"], datetime.now(UTC).timestamp())
    assert (ticket.publish, ticket.watch, ticket.human) == (("teacher", "board"), False, False)
    assert answer.json()["whip_url"].endswith(f"/whip/{lesson}")


async def test_an_interactive_rooms_host_gets_its_rooms_slot_and_no_other_seat(desk: Desk) -> None:
    lesson, box = await live(desk), await paired(desk, str(seed.room("QL-02-1")))
    answer = await box.post(f"/api/lessons/{lesson}/ticket", json={"as": "equipment"})
    assert answer.json()["slots"] == ["room"]
    for seat in ("teacher", "classroom", "student", "observer", "recorder"):
        refused = await box.post(f"/api/lessons/{lesson}/ticket", json={"as": seat})
        assert (refused.status_code, refused.json()["code"]) == (403, "not-your-lesson"), seat


async def test_a_host_sees_no_lesson_of_another_room_and_opens_no_register(desk: Desk) -> None:
    other = (await (await desk("bureau")).post("/api/lessons", json=lesson_body())).json()["id"]
    box = await paired(desk, str(seed.room("QL-01-1")))
    assert (await box.get(f"/api/lessons/{other}")).status_code == 404
    assert (await box.post(f"/api/lessons/{other}/ticket", json={"as": "equipment"})).status_code == 404
    for path in ("people", "rooms", "schools", "devices", "resources", "children", "tickets", "portal", "start"):
        assert (await box.get(f"/api/{path}")).json()["code"] == "not-allowed", path


async def test_nobody_else_takes_the_equipments_seat(desk: Desk) -> None:
    lesson = await live(desk)
    for username in ("teacher", "village", "bureau", "student"):
        refused = await (await desk(username)).post(f"/api/lessons/{lesson}/ticket", json={"as": "equipment"})
        assert (refused.status_code, refused.json()["code"]) == (403, "not-your-lesson"), username


async def test_a_host_whose_key_is_taken_back_is_out_at_once(desk: Desk) -> None:
    box = await paired(desk, str(seed.room("QL-02-1")))
    told = {"software": "0.1.0", "checks": [{"name": "camera", "verdict": "ok", "value": 25}]}
    assert (await box.put("/api/devices/own/told", json=told)).status_code == 204
    admin = await desk("admin")
    [device] = (await admin.get("/api/devices", params={"kind": "host"})).json()["items"]
    assert device["told"]["checks"][0]["name"] == "camera"
    assert (await admin.delete(f"/api/devices/{device['id']}")).status_code == 204
    assert (await box.get("/api/lessons?state=live")).status_code == 401
