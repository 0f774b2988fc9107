import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from classroom.interaction.intake import Pace, Said, take
from classroom.interaction.messages import Problem
from core.tickets import Ticket

from .conftest import classroom, ticket

TEACHER = ticket()


def said(**message: Any) -> Said | Problem | None:
    return take(json.dumps(message), TEACHER, 1_700_000_000.0)


def test_the_teacher_pauses_and_mutes() -> None:
    assert said(type="pause", paused=True) == Said(
        "paused", "", {"paused": True, "by": TEACHER.name, "since": "2023-11-14T22:13:20Z"}, None
    )
    muted = said(type="mute", slot="room1", muted=False, id="m1")
    assert isinstance(muted, Said)
    assert (muted.type, muted.key, muted.body["muted"], muted.id) == ("muted", "room1", False, "m1")


@pytest.mark.parametrize("viewer", [classroom("r1"), ticket("student"), ticket("observer")])
@pytest.mark.parametrize(
    "message", [{"type": "pause", "paused": True}, {"type": "mute", "slot": "teacher", "muted": True}]
)
def test_nobody_else_does(viewer: Ticket, message: dict[str, Any]) -> None:
    answer = take(json.dumps({**message, "id": "x"}), viewer, 0.0)
    assert isinstance(answer, Problem)
    assert (answer.code, answer.id) == ("not-allowed", "x")


@pytest.mark.parametrize(
    ("text", "code"),
    [("", "not-json"), ("[1]", "not-json"), ("{", "not-json"), ("[" * 4000, "not-json"), ("{}", "unknown-type"),
     ('{"type":"shout"}', "unknown-type"), ('{"type":["pause"]}', "unknown-type"), ('{"type":"pause"}', "bad-field"),
     ('{"type":"pause","paused":true,"more":1}', "bad-field"), ('{"type":"pause","paused":{}}', "bad-field"),
     ('{"type":"mute","slot":"../x","muted":true}', "bad-field"),
     ('{"type":"mute","slot":"","muted":true}', "bad-field")],
)  # fmt: skip
def test_a_bad_message_is_answered_in_words(text: str, code: str) -> None:
    answer = take(text, TEACHER, 0.0)
    assert isinstance(answer, Problem)
    assert answer.code == code
    assert answer.detail_zh.endswith("。")


def test_a_pong_needs_no_answer() -> None:
    assert said(type="pong") is None


@given(st.text() | st.recursive(st.none() | st.booleans() | st.integers() | st.text(), st.lists).map(json.dumps))
def test_no_text_is_a_crash(text: str) -> None:
    take(text, TEACHER, 0.0)


@given(
    st.dictionaries(st.sampled_from(["type", "paused", "slot", "muted", "id"]), st.text() | st.booleans() | st.none())
)
def test_no_object_is_a_crash(message: dict[str, Any]) -> None:
    take(json.dumps(message), TEACHER, 0.0)


def test_twenty_at_once_then_five_a_second() -> None:
    pace = Pace(0.0)
    assert [pace.allows(0.0) for _ in range(21)] == [True] * 20 + [False]
    assert sum(pace.allows(10.0 + n / 100) for n in range(500)) == 20 + 24
