from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from classroom.lessons.rules import (
    LONGEST,
    MOST_INTERACTIVE,
    OPENS_BEFORE,
    OVERRUN,
    SHORTEST,
    Sender,
    Times,
    is_model_school,
    is_open,
    length_is_sound,
    lesson_state,
    needs_model_school,
    overlap,
    too_many_interactive,
    window,
)

START, END = 1_800_000_000.0, 1_800_002_400.0
ORDER = ["upcoming", "live", "ended"]
seconds = st.integers(-20_000, 20_000).map(lambda offset: START + offset)
maybe = st.none() | seconds


@st.composite
def times(draw: st.DrawFn) -> Times:
    starts_at = draw(seconds)
    ends_at = starts_at + draw(st.integers(300, 14_400))
    overrun = draw(st.sampled_from([0.0, OVERRUN]))
    return Times(starts_at, ends_at, draw(maybe), draw(maybe), draw(maybe), overrun)


@pytest.mark.parametrize(
    ("lesson", "now", "state"),
    [
        (Times(START, END), START - 1, "upcoming"),
        (Times(START, END), START, "live"),
        (Times(START, END), END + OVERRUN - 1, "live"),
        (Times(START, END), END + OVERRUN, "ended"),
        (Times(START, END, started_at=START - 600), START - 600, "live"),
        (Times(START, END, ended_at=START + 60), START + 60, "ended"),
        (Times(START, END, shutdown_at=START - 60), START - 60, "ended"),
        (Times(START, END, overrun=0), END, "ended"),
    ],
)
def test_the_state_of_a_lesson(lesson: Times, now: float, state: str) -> None:
    assert lesson_state(lesson, now) == state


@given(times(), seconds, seconds)
def test_a_lesson_never_goes_back(lesson: Times, first: float, second: float) -> None:
    states = [ORDER.index(lesson_state(lesson, now)) for now in sorted((first, second))]
    assert states == sorted(states)


@given(times(), seconds)
def test_from_over_at_on_it_is_ended(lesson: Times, later: float) -> None:
    assert lesson_state(lesson, max(lesson.over_at, later)) == "ended"


@given(times(), seconds)
def test_an_ended_lesson_is_closed_and_a_live_one_open(lesson: Times, now: float) -> None:
    state = lesson_state(lesson, now)
    if state != "upcoming":
        assert is_open(lesson, now) == (state == "live")


def test_a_lesson_opens_half_an_hour_before_its_start() -> None:
    assert not is_open(Times(START, END), START - OPENS_BEFORE - 1)
    assert is_open(Times(START, END), START - OPENS_BEFORE)


windows = st.tuples(seconds, st.integers(0, 5000)).map(lambda pair: (pair[0], pair[0] + pair[1]))


@given(windows, windows)
def test_overlapping_is_mutual_and_means_a_shared_second(
    first: tuple[float, float], second: tuple[float, float]
) -> None:
    shared = set(range(*map(int, first))) & set(range(*map(int, second)))
    assert overlap(first, second) == overlap(second, first) == bool(shared)


@given(windows, st.integers(1, 5000))
def test_back_to_back_is_no_clash(first: tuple[float, float], lasts: int) -> None:
    assert not overlap(first, (first[1], first[1] + lasts))


@given(times())
def test_a_window_begins_before_it_ends_and_frees_the_room_early(lesson: Times) -> None:
    begin, end = window(lesson)
    assert begin <= end
    assert end <= max(begin, min(lesson.ends_at, lesson.over_at))


@pytest.mark.parametrize(
    ("lasts", "sound"), [(SHORTEST - 1, False), (SHORTEST, True), (LONGEST, True), (LONGEST + 1, False)]
)
def test_how_long_a_lesson_may_be(lasts: float, sound: bool) -> None:
    assert length_is_sound(START, START + lasts) == sound


@given(st.lists(st.sampled_from(["interactive", "listening"]), max_size=12))
def test_listening_rooms_are_not_limited(kinds: list[str]) -> None:
    assert too_many_interactive(kinds) == (kinds.count("interactive") > MOST_INTERACTIVE)  # type: ignore[arg-type]


DAY = date(2026, 11, 22)
MODEL = Sender("xingyi", date(2016, 7, 30), None)
PLAIN = Sender("xingyi", None, None)


@pytest.mark.parametrize(
    ("sender", "counties", "needed"),
    [
        (PLAIN, ["xingyi"], False),
        (PLAIN, ["xingyi", "qinglong"], True),
        (PLAIN, [None], True),
        (MODEL, ["xingyi", "qinglong"], False),
        (Sender("xingyi", date(2016, 7, 30), date(2020, 1, 1)), ["qinglong"], True),
        (Sender("xingyi", date(2027, 1, 1), None), ["qinglong"], True),
        (Sender(None, None, None), [None], True),
    ],
)
def test_only_a_model_school_sends_beyond_its_county(sender: Sender, counties: list[str | None], needed: bool) -> None:
    assert needs_model_school(sender, counties, DAY) == needed


def test_a_school_is_a_model_school_from_its_first_day_until_before_the_last() -> None:
    begin, end = date(2016, 7, 30), date(2020, 1, 1)
    assert is_model_school(begin, end, begin)
    assert not is_model_school(begin, end, end)
