from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select, update

from admin import seed
from admin.models import Person
from classroom.cascade import placing, registry
from classroom.cascade.registry import Card
from classroom.lessons.models import Lesson
from core.audit import AuditEntry
from core.tickets import Ticket, TicketVerifier
from tests.admin.cast import Desk, lesson_body


async def live(desk: Desk) -> str:
    [lesson] = (await (await desk("bureau")).get("/api/lessons?state=live")).json()["items"]
    identity: str = lesson["id"]
    return identity


async def ask(desk: Desk, who: str, seat: str, lesson: str | None = None, **more: Any) -> Any:
    address = f"/api/lessons/{lesson or await live(desk)}/ticket"
    return await (await desk(who)).post(address, json={"as": seat, **more})


async def granted(desk: Desk, who: str, seat: str, **more: Any) -> tuple[dict[str, Any], Ticket]:
    answer = await ask(desk, who, seat, **more)
    assert answer.status_code == 200, answer.text
    verifier = TicketVerifier(desk.ground.signer.public_key)
    return answer.json(), verifier.verify(answer.json()["ticket"], datetime.now(UTC).timestamp())


async def test_a_teacher_publishes_three_slots(desk: Desk) -> None:
    lesson = await live(desk)
    answer, ticket = await granted(desk, "teacher", "teacher")
    assert answer["whip_url"] == f"http://127.0.0.1:8001/whip/{lesson}"
    assert answer["whep_url"] == f"http://127.0.0.1:8001/whep/{lesson}"
    assert answer["events_url"] == f"ws://songjiao.test/api/lessons/{lesson}/events"
    assert answer["ice_servers"] == []
    assert answer["slots"] == ["teacher", "board", "voice"]
    assert (ticket.role, ticket.name, ticket.human, ticket.takeover) == ("teacher", "陈静怡", True, False)
    assert (ticket.publish, ticket.stage, ticket.room) == (("teacher", "board", "voice"), "live", None)
    assert ticket.max_sessions >= 1000


async def test_an_interactive_room_publishes_itself(desk: Desk) -> None:
    answer, ticket = await granted(desk, "village", "classroom")
    assert answer["whip_url"] is not None
    assert (ticket.publish, ticket.room) == (("room",), str(seed.room("QL-02-1")))
    assert ticket.room_name == "云头教学点 · 三年级教室"


async def test_a_listening_room_only_watches(desk: Desk) -> None:
    async with desk.ground.transaction() as session:
        move = update(Person).where(Person.id == seed.person("village")).values(room_id=seed.room("CH-03-1"))
        await session.execute(move)
    answer, ticket = await granted(desk, "village", "classroom")
    assert answer["whip_url"] is None
    assert (answer["slots"], ticket.publish) == ([], ())


async def test_a_pupil_watches_from_the_room_of_the_class(desk: Desk) -> None:
    answer, ticket = await granted(desk, "student", "student")
    assert answer["whip_url"] is None
    assert (ticket.role, ticket.name, ticket.room) == ("student", "", str(seed.room("QL-02-1")))


@pytest.mark.parametrize("who", ["admin", "bureau", "bureau-qinglong"])
async def test_a_bureau_observes_in_its_place(desk: Desk, who: str) -> None:
    answer, ticket = await granted(desk, who, "observer")
    assert (answer["whip_url"], ticket.role, ticket.publish) == (None, "observer", ())


async def test_the_demo_teacher_teaches_the_demo_lesson_and_gives_way(desk: Desk) -> None:
    _, ticket = await granted(desk, "demo-teacher", "teacher", takeover=True)
    assert (ticket.human, ticket.takeover) == (False, False)


async def test_taking_over_is_the_teachers(desk: Desk) -> None:
    _, ticket = await granted(desk, "teacher", "teacher", takeover=True)
    assert ticket.takeover
    _, ticket = await granted(desk, "village", "classroom", takeover=True)
    assert not ticket.takeover


async def test_a_ticket_is_good_until_the_lesson_is_over(desk: Desk) -> None:
    answer, ticket = await granted(desk, "teacher", "teacher")
    async with desk.ground.transaction() as session:
        over_at = await session.scalar(select(Lesson.over_at).where(Lesson.id == await live(desk)))
    assert over_at
    assert ticket.expires_at == over_at.timestamp()
    assert datetime.fromisoformat(answer["expires_at"]) == over_at


SEATS = ("teacher", "classroom", "student", "observer")
OWN = {
    "teacher": "teacher",
    "village": "classroom",
    "student": "student",
    "bureau": "observer",
    "demo-teacher": "teacher",
}


@pytest.mark.parametrize("who", OWN)
async def test_nobody_takes_another_seat(desk: Desk, who: str) -> None:
    for seat in SEATS:
        answer = await ask(desk, who, seat)
        assert answer.status_code == (200 if OWN[who] == seat else 403), (who, seat)


async def test_a_lesson_that_is_not_open_says_when_it_opens(desk: Desk) -> None:
    body = lesson_body()
    lesson = (await (await desk("bureau")).post("/api/lessons", json=body)).json()
    answer = await ask(desk, "teacher", "teacher", lesson["id"])
    assert (answer.status_code, answer.json()["code"]) == (409, "lesson-not-open")
    expected = datetime.fromisoformat(body["starts_at"]) - timedelta(minutes=10)
    assert datetime.fromisoformat(answer.json()["opens_at"]) == expected


async def test_a_rehearsal_may_be_days_before_and_is_the_teachers_only(desk: Desk) -> None:
    lesson = (await (await desk("bureau")).post("/api/lessons", json=lesson_body())).json()["id"]
    _, ticket = await granted(desk, "teacher", "teacher", lesson=lesson, rehearsal=True)
    assert ticket.stage == "rehearsal"
    assert ticket.expires_at - ticket.issued_at <= 2 * 3600
    answer = await ask(desk, "village", "classroom", lesson, rehearsal=True)
    assert (answer.status_code, answer.json()["code"]) == (403, "rehearsal-is-the-teachers")


async def test_an_ended_lesson_gives_no_ticket(desk: Desk) -> None:
    answer = await ask(desk, "teacher", "teacher", str(seed.id_of("lesson", "light")))
    assert (answer.status_code, answer.json()["code"]) == (409, "lesson-ended")


async def test_an_unknown_lesson_is_not_found(desk: Desk) -> None:
    answer = await ask(desk, "teacher", "teacher", str(seed.id_of("lesson", "none")))
    assert (answer.status_code, answer.json()["code"]) == (404, "lesson-unknown")
    assert (await ask(desk, "teacher", "teacher", "not-a-uuid")).status_code == 422


async def test_a_substitute_takes_the_seat_of_the_teacher(desk: Desk) -> None:
    starts_at = datetime.now(UTC) + timedelta(minutes=10)
    rooms = {"sending_room_id": seed.room("XY-03-2"), "receiving_room_ids": [seed.room("CH-02-1")]}
    times = {"starts_at": starts_at, "ends_at": starts_at + timedelta(minutes=40)}
    body = lesson_body(**rooms, **times, teacher_id=seed.person("liwenbo"))
    lesson = (await (await desk("bureau")).post("/api/lessons", json=body)).json()["id"]
    assert (await ask(desk, "teacher", "teacher", lesson)).status_code == 403
    async with desk.ground.transaction() as session:
        await session.execute(update(Lesson).where(Lesson.demo).values(demo=False))
        await session.execute(update(Lesson).where(Lesson.id == lesson).values(substitute_id=seed.person("teacher")))
    _, ticket = await granted(desk, "teacher", "teacher", lesson=lesson)
    assert ticket.publish == ("teacher", "board", "voice")


async def test_every_ticket_is_on_record(desk: Desk) -> None:
    _, ticket = await granted(desk, "village", "classroom")
    async with desk.ground.transaction() as session:
        entry = (await session.scalars(select(AuditEntry).where(AuditEntry.action == "lesson.ticket"))).one()
    assert entry.actor == seed.person("village")
    assert (entry.after or {})["ticket"] == ticket.id


def relay_card(name: str, place: str, tier: str = "county", **changed: Any) -> Card:
    figures = {"capacity": 1, "sessions": 0, "lessons": 0, "kbps_in": 0.0, "kbps_out": 0.0, "legs": (), "seen": 0.0}
    own = {"name": name, "address": f"http://{name}", "tier": tier, "place": str(seed.place(place)), "parent": None}
    return Card(**{**own, "draining": False, **figures, **changed})


ROOT = "http://127.0.0.1:8001"


async def test_a_ticket_carries_the_way_from_the_rooms_relay_to_the_root(desk: Desk) -> None:
    for card in (relay_card("county", "qinglong"), relay_card("township", "changping", "township")):
        await registry.register(desk.ground.valkey, card)
    lesson = await live(desk)
    answer, ticket = await granted(desk, "village", "classroom")
    assert (ticket.ways, ticket.anchor) == (("http://township", "http://county", ROOT), ROOT)
    assert answer["whep_url"] == f"http://township/whep/{lesson}"
    assert answer["whep_urls"] == [f"{address}/whep/{lesson}" for address in ticket.ways]
    assert (answer["whip_url"], answer["whip_urls"]) == (f"{ROOT}/whip/{lesson}", [f"{ROOT}/whip/{lesson}"])


async def test_a_relay_that_is_gone_is_left_out_of_the_addresses_but_not_of_the_way(desk: Desk) -> None:
    await registry.register(desk.ground.valkey, relay_card("county", "qinglong"))
    await registry.leave(desk.ground.valkey, "county")
    answer, ticket = await granted(desk, "village", "classroom")
    assert ticket.ways == ("http://county", ROOT)
    assert answer["whep_urls"] == [f"{ROOT}/whep/{ticket.lesson}"]


async def test_one_relay_for_all_needs_no_ways(desk: Desk) -> None:
    _, ticket = await granted(desk, "village", "classroom")
    assert (ticket.ways, ticket.anchor) == ((), "")


async def test_a_lesson_under_way_stays_where_it_was_anchored(desk: Desk) -> None:
    await registry.register(desk.ground.valkey, relay_card("xingyi", "xingyi"))
    _, first = await granted(desk, "teacher", "teacher")
    assert (first.ways, first.anchor) == (("http://xingyi", ROOT), ROOT)
    await registry.register(desk.ground.valkey, relay_card("prefecture", "qxn", "prefecture"))
    _, later = await granted(desk, "teacher", "teacher")
    assert (later.ways, later.anchor) == (("http://xingyi", "http://prefecture", ROOT), ROOT)


async def test_a_bureau_looks_in_at_the_anchor(desk: Desk) -> None:
    await registry.register(desk.ground.valkey, relay_card("prefecture", "qxn", "prefecture"))
    _, ticket = await granted(desk, "bureau", "observer")
    assert (ticket.ways, ticket.anchor) == (("http://prefecture", ROOT), "http://prefecture")


async def test_the_viewers_of_a_crowded_root_get_the_lesson_through_another(desk: Desk, monkeypatch: Any) -> None:
    roots = {name: f"http://{name}.test" for name in ("root-1", "root-2")}
    monkeypatch.setenv("SONGJIAO_RELAYS", ",".join(f"{name}={address}" for name, address in roots.items()))
    own = placing.chosen(await live(desk), roots)
    [other] = roots.keys() - {own}
    for name, sessions in ((own, 900), (other, 10)):
        at_root = replace(relay_card(name, "qxn", "prefecture"), place=None, address=roots[name])
        await registry.register(desk.ground.valkey, replace(at_root, sessions=sessions, capacity=1000))
    answer, ticket = await granted(desk, "village", "classroom")
    assert (ticket.ways, ticket.anchor) == ((roots[other], roots[own]), roots[own])
    assert answer["whep_urls"] == [f"{address}/whep/{ticket.lesson}" for address in ticket.ways]
    assert answer["whip_urls"] == [f"{roots[own]}/whip/{ticket.lesson}"]


async def test_the_viewers_of_a_crowded_relay_get_the_lesson_through_its_sibling(desk: Desk) -> None:
    crowded = replace(relay_card("core-0", "qinglong"), sessions=900, capacity=1000)
    await registry.register(desk.ground.valkey, crowded)
    empty = replace(relay_card("core-1", "qinglong"), capacity=1000)
    _, alone = await granted(desk, "village", "classroom")
    await registry.register(desk.ground.valkey, empty)
    _, ticket = await granted(desk, "village", "classroom")
    assert alone.ways == ("http://core-0", ROOT)
    # Which of the two is the lesson's own follows from its id; if the crowded one, the empty one stands before it.
    assert ticket.ways in (("http://core-1", "http://core-0", ROOT), ("http://core-1", ROOT))
