from datetime import timedelta
from typing import Any

from sqlalchemy import select, update

from admin import pairing, seed
from admin.models import Device, Pairing
from core.audit import AuditEntry
from core.clock import now
from tests.admin.cast import Desk

ROOM = str(seed.room("QL-02-1"))


async def begin(desk: Desk) -> dict[str, Any]:
    answer = await (await desk(None)).post("/api/pairings")
    assert answer.status_code == 201
    made: dict[str, Any] = answer.json()
    return made


async def look(desk: Desk, made: dict[str, Any], secret: str | None = None) -> Any:
    headers = {"Authorization": f"Pairing {made['secret'] if secret is None else secret}"}
    return await (await desk(None)).get(f"/api/pairings/{made['id']}", headers=headers)


async def claim(desk: Desk, made: dict[str, Any], by: str = "village", room: str = ROOM) -> Any:
    return await (await desk(by)).post("/api/pairings/claim", json={"code": made["code"], "room_id": room})


async def device_key(desk: Desk) -> str:
    made = await begin(desk)
    await claim(desk, made)
    key: str = (await look(desk, made)).json()["device_key"]
    return key


async def test_a_box_waits_until_its_code_is_typed_in(desk: Desk) -> None:
    made = await begin(desk)
    assert len(made["code"]) == 6
    assert (await look(desk, made)).json() == {
        "state": "waiting",
        "kind": "screen",
        "device_key": None,
        "room": None,
    }


async def test_a_claimed_box_gets_its_key_once(desk: Desk) -> None:
    made = await begin(desk)
    assert (await claim(desk, made)).status_code == 200
    first, second = (await look(desk, made)).json(), (await look(desk, made)).json()
    assert first["state"] == second["state"] == "claimed"
    assert first["device_key"]
    assert second["device_key"] is None
    assert first["room"]["school"]["name"] == "云头教学点"


async def test_a_box_signs_in_with_its_key_as_its_room(desk: Desk) -> None:
    key = await device_key(desk)
    answer = await (await desk(None)).post("/api/sessions", json={"device_key": key})
    assert answer.status_code == 201
    person = answer.json()["person"]
    assert person["name"] == "云头教学点 三年级教室"
    assert [role["role"] for role in person["roles"]] == ["room"]
    assert person["room"]["id"] == ROOM


async def test_a_revoked_box_is_out_at_once(desk: Desk) -> None:
    client, admin = await desk(None), await desk("admin")
    key = await device_key(desk)
    token = (await client.post("/api/sessions", json={"device_key": key})).json()["access_token"]
    headers = {"Authorization": f"Bearer {token}"}
    [device] = (await admin.get("/api/devices")).json()["items"]
    assert device["paired_by"]["name"] == "韦小兰"
    assert (await admin.delete(f"/api/devices/{device['id']}")).status_code == 204
    assert (await client.get("/api/sessions/current", headers=headers)).status_code == 401
    again = await client.post("/api/sessions", json={"device_key": key})
    assert (again.status_code, again.json()["code"]) == (401, "device-unknown")
    assert (await admin.get("/api/devices")).json()["total"] == 0


async def test_a_code_works_once(desk: Desk) -> None:
    made = await begin(desk)
    await claim(desk, made)
    answer = await claim(desk, made)
    assert (answer.status_code, answer.json()["code"]) == (404, "pairing-unknown")


async def test_someone_of_another_school_cannot_claim_the_room(desk: Desk) -> None:
    made = await begin(desk)
    answer = await claim(desk, made, by="teacher")
    assert (answer.status_code, answer.json()["code"]) == (403, "not-your-place")


async def test_a_pupil_cannot_pair(desk: Desk) -> None:
    answer = await claim(desk, await begin(desk), by="student")
    assert (answer.status_code, answer.json()["code"]) == (403, "not-allowed")


async def test_only_the_box_itself_may_look(desk: Desk) -> None:
    made = await begin(desk)
    for secret in ("", "guess"):
        answer = await look(desk, made, secret)
        assert (answer.status_code, answer.json()["code"]) == (401, "pairing-secret")


async def test_an_old_code_is_worth_nothing(desk: Desk) -> None:
    made = await begin(desk)
    async with desk.ground.transaction() as session:
        await session.execute(update(Pairing).values(expires_at=now() - timedelta(seconds=1)))
    assert (await claim(desk, made)).status_code == 404
    assert (await look(desk, made)).json()["code"] == "pairing-gone"


async def test_waiting_boxes_are_bounded(desk: Desk, monkeypatch: Any) -> None:
    monkeypatch.setattr(pairing, "MOST_WAITING", 2)
    await begin(desk)
    await begin(desk)
    answer = await (await desk(None)).post("/api/pairings")
    assert (answer.status_code, answer.json()["code"]) == (429, "too-many-pairings")


async def test_the_key_is_not_in_the_database_and_the_pairing_is_on_record(desk: Desk) -> None:
    key = await device_key(desk)
    async with desk.ground.transaction() as session:
        [device] = (await session.scalars(select(Device))).all()
        assert key.encode() != device.key
        entries = await session.scalars(select(AuditEntry.action).order_by(AuditEntry.number))
        assert entries.all() == ["pairing.claim", "device.create"]


SENDING = str(seed.room("XY-03-1"))
LISTENING = str(seed.room("CH-03-1"))


async def host(desk: Desk, room: str = SENDING, by: str = "teacher") -> Any:
    """A recording host that has begun, and the answer to its claim."""
    made = (await (await desk(None)).post("/api/pairings", json={"kind": "host"})).json()
    return made, await claim(desk, made, by=by, room=room)


async def test_a_recording_host_pairs_by_its_code_and_is_told_from_the_rooms_screen(desk: Desk) -> None:
    made, claimed = await host(desk)
    assert (claimed.status_code, claimed.json()["kind"]) == (200, "host")
    key = (await look(desk, made)).json()["device_key"]
    signed_in = (await (await desk(None)).post("/api/sessions", json={"device_key": key})).json()
    assert (signed_in["person"]["name"], signed_in["person"]["roles"][0]["role"]) == (
        f"兴义一小 {signed_in['person']['room']['name']} 录播主机",
        "host",
    )
    await device_key(desk)
    admin = await desk("admin")
    kinds = [(await admin.get("/api/devices", params={"kind": kind})).json()["total"] for kind in ("host", "screen")]
    assert kinds == [1, 1]


async def test_a_recording_host_is_paired_only_where_a_picture_is_sent(desk: Desk) -> None:
    _, claimed = await host(desk, room=LISTENING, by="admin")
    assert (claimed.status_code, claimed.json()["code"]) == (409, "room-sends-nothing")
    _, claimed = await host(desk, by="village")
    assert claimed.json()["code"] == "not-your-place"
