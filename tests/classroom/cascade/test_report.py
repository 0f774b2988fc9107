import json
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from classroom.cascade import report
from classroom.cascade.lines import Line, Seat
from classroom.cascade.report import Children, Report
from core.errors import BadInput, NotAllowed, NotSignedIn
from core.relay_keys import RelayKey
from tests.classroom.cascade.cards import card, entry, leg

LINE = Line("lesson-1", "session-1", {"person": "p", "name": "三年级", "role": "classroom", "connected": True})

FIGURES = {"person": "t", "name": "王老师", "room": None, "room_name": None, "since": 1.5}
SEAT = Seat("lesson-1", "teacher", {**FIGURES, "live": True, "human": True, "audio": True, "video": False})


def keys(text: str) -> RelayKey:
    """Names the relay in clear."""
    if not text.startswith("key of "):
        raise NotSignedIn("relay-key-invalid", zh="无效。", en="No.")
    return RelayKey(text.removeprefix("key of "), "school", None, 2000.0)


def own(name: str = "school-1") -> Report:
    return Report(f"key of {name}", card(name, legs=(leg(),)), (entry(1, child=name),), (LINE,), (SEAT,))


def test_a_report_comes_back_as_it_was_written() -> None:
    assert report.read(report.write([own(), own("school-2")]), keys) == [own(), own("school-2")]


def test_a_relay_speaks_for_itself_only() -> None:
    foreign = Report("key of school-1", card("school-2"), ())
    with pytest.raises(NotAllowed, match="not-your-relay"):
        report.read(report.write([foreign]), keys)
    raised = Report("key of school-1", card("school-1", tier="county"), ())
    with pytest.raises(NotAllowed, match="not-your-relay"):
        report.read(report.write([raised]), keys)
    ledger = Report("key of school-1", card("school-1"), (entry(1, child="school-2"),))
    with pytest.raises(NotAllowed, match="not-your-ledger"):
        report.read(report.write([ledger]), keys)


def test_without_a_key_nothing_is_heard() -> None:
    with pytest.raises(NotSignedIn):
        report.read(report.write([Report("", card(), ())]), keys)


@given(
    st.binary(max_size=80)
    | st.recursive(st.none() | st.booleans() | st.integers() | st.text(max_size=9), lambda inner: st.lists(inner) |
        st.dictionaries(st.sampled_from(["reports", "key", "card", "ledger", "legs", "leg"]), inner), max_leaves=12)
    .map(lambda made: json.dumps(made).encode())
)  # fmt: skip
def test_hostile_reports_end_as_a_problem(body: bytes) -> None:
    with suppress(BadInput):
        assert report.read(body, keys) == []


def test_a_child_that_falls_silent_is_forgotten() -> None:
    children = Children()
    children.hear([own()], 10.0)
    assert children.living(15.0) == [own()]
    assert children.living(17.0) == []
