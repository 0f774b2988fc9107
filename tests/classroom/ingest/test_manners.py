import json
from typing import Any

from classroom.ingest.manners import UNHEARD_SECONDS, Manners

LESSON = {"type": "lesson", "seq": 1, "key": "", "state": "live"}


def slot(seq: int, person: str | None, live: bool = True) -> dict[str, Any]:
    return {
        "type": "slot",
        "seq": seq,
        "key": "teacher",
        "slot": "teacher",
        "live": live,
        "person": person,
        "relay": "r",
    }


def heard(*facts: dict[str, Any], state: tuple[dict[str, Any], ...] = (LESSON,)) -> Manners:
    manners = Manners()
    first = {"type": "state", "seq": 1, "you": {"person": "me"}, "facts": list(state)}
    for message in (first, *facts):
        manners.hear(json.dumps(message))
    return manners


def test_before_the_state_is_known_nothing_changes() -> None:
    assert Manners().act(None, 0.0) is None


def test_she_speaks_when_nobody_else_does() -> None:
    assert heard().act(None, 0.0) == "broadcast"
    assert heard(slot(2, "human", live=False)).act(None, 0.0) == "broadcast"
    assert heard(slot(2, "me")).act(0.0, 1.0) == "broadcast"


def test_she_yields_to_a_human_and_resumes_after_her() -> None:
    manners = heard(slot(2, "human"))
    assert manners.act(0.0, 1.0) == "yield"
    manners.hear(json.dumps(slot(3, "human", live=False)))
    assert manners.act(None, 2.0) == "broadcast"


def test_an_ended_lesson_is_over() -> None:
    assert heard({**LESSON, "seq": 2, "state": "ended"}).act(0.0, 1.0) == "over"


def test_a_removed_slot_is_a_free_slot() -> None:
    manners = heard(slot(2, "human"))
    manners.hear(json.dumps({"type": "gone", "seq": 3, "key": "teacher", "fact": "slot"}))
    assert manners.act(None, 1.0) == "broadcast"


def test_who_is_not_heard_begins_again_after_a_while() -> None:
    manners = heard()
    assert manners.act(0.0, 1.0) == "broadcast"
    assert manners.act(0.0, UNHEARD_SECONDS + 0.9) == "broadcast"
    assert manners.act(0.0, UNHEARD_SECONDS + 1.1) == "begin again"
    manners.hear(json.dumps(slot(2, "me")))
    assert manners.act(0.0, 99.0) == "broadcast"


def test_a_ping_wants_a_pong() -> None:
    assert Manners().hear('{"type":"ping","seq":1}')
    assert not Manners().hear('{"type":"problem","code":"not-now"}')


def test_a_rooms_host_yields_to_whoever_sends_its_room_and_to_no_other_room() -> None:
    manners = Manners("room")
    you = {"person": "me", "room": "r"}
    manners.hear(json.dumps({"type": "state", "seq": 1, "you": you, "facts": [LESSON]}))
    rooms = {"type": "slot", "live": True, "relay": "r"}
    manners.hear(json.dumps(rooms | {"seq": 2, "key": "room1", "slot": "room1", "person": "other", "room": "s"}))
    assert manners.act(None, 0.0) == "broadcast"
    manners.hear(json.dumps(rooms | {"seq": 3, "key": "room2", "slot": "room2", "person": "screen", "room": "r"}))
    assert manners.act(None, 1.0) == "yield"
    gone = rooms | {"seq": 4, "key": "room2", "slot": "room2", "person": None, "room": None, "live": False}
    manners.hear(json.dumps(gone))
    assert manners.act(None, 2.0) == "broadcast"
