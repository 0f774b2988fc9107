"""Bells: what is refused in a schedule, and what schools with different bells share."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scheduling.calendar.bells import Bells, Interval, clock, faults, overlap, read_clock, shared_slots

TYPICAL = Bells("primary", tuple(Interval(read_clock(a), read_clock(b)) for a, b in [
    ("8:30", "9:10"), ("9:20", "10:00"), ("10:30", "11:10"), ("11:20", "12:00"), ("14:00", "14:40"), ("14:50", "15:30"),
]))  # fmt: skip
WINTER = Bells("primary", tuple(Interval(one.starts - 5, one.ends - 5) for one in TYPICAL.periods))


@st.composite
def days(draw: st.DrawFn) -> Bells:
    """Periods in order that do not overlap."""
    marks = sorted(draw(st.sets(st.integers(8 * 60, 20 * 60), min_size=2, max_size=16)))
    pairs = zip(marks[::2], marks[1::2], strict=False)
    return Bells("lower_secondary", tuple(Interval(starts, ends) for starts, ends in pairs))


def test_a_typical_day_has_no_fault() -> None:
    assert faults(TYPICAL) == []


@pytest.mark.parametrize(
    ("periods", "codes"),
    [
        ([], [(0, "no-periods")]),
        ([("8:20", "9:00"), ("8:55", "9:35")], [(2, "overlap")]),
        ([("8:00", "8:40")], [(1, "too-early")]),
        ([("9:00", "9:05")], [(1, "too-short")]),
        ([("9:00", "8:00")], [(1, "too-short")]),
        ([("9:00", "9:40"), ("8:10", "8:50")], [(2, "overlap"), (2, "too-early")]),
    ],
)
def test_each_fault_names_its_period(periods: list[tuple[str, str]], codes: list[tuple[int, str]]) -> None:
    bells = Bells("primary", tuple(Interval(read_clock(a), read_clock(b)) for a, b in periods))
    assert [(fault.period, fault.code) for fault in faults(bells)] == codes


def test_secondary_schools_may_begin_at_eight() -> None:
    periods = (Interval(read_clock("8:00"), read_clock("8:45")),)
    assert faults(Bells("lower_secondary", periods)) == []


def test_bells_five_minutes_apart_share_thirty_five_of_each_lesson() -> None:
    shared = shared_slots([TYPICAL, WINTER], 35)
    assert [str(one) for one in shared][:2] == ["08:30–09:05", "09:20–09:55"]
    assert shared_slots([TYPICAL, WINTER], 36) == []


@pytest.mark.parametrize("text", ["", "8", "8:5", "24:00", "8:60", "-1:00", "8.30", "eight"])
def test_what_is_no_time_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="时间"):
        read_clock(text)


@given(st.integers(0, 24 * 60 - 1))
def test_a_clock_time_is_read_as_it_is_written(minute: int) -> None:
    assert read_clock(clock(minute)) == read_clock(clock(minute).replace(":", "：")) == minute


@given(days(), days(), st.integers(1, 60))
def test_a_shared_slot_lies_inside_a_period_of_every_school(one: Bells, other: Bells, minutes: int) -> None:
    for slot in shared_slots([one, other], minutes):
        assert slot.minutes >= minutes
        assert one.number_at(slot)
        assert other.number_at(slot)


@given(days(), days(), st.integers(8 * 60, 20 * 60), st.integers(1, 60))
def test_no_place_for_a_lesson_is_missed(one: Bells, other: Bells, starts: int, minutes: int) -> None:
    lesson = Interval(starts, starts + minutes)
    fits = bool(one.number_at(lesson) and other.number_at(lesson))
    assert fits == any(lesson.within(slot) for slot in shared_slots([one, other], minutes))


@given(days(), days())
def test_the_order_of_schools_does_not_matter(one: Bells, other: Bells) -> None:
    assert shared_slots([one, other], 1) == shared_slots([other, one], 1)


@given(st.tuples(st.integers(0, 99), st.integers(1, 99)), st.tuples(st.integers(0, 99), st.integers(1, 99)))
def test_two_intervals_overlap_exactly_when_they_meet(first: tuple[int, int], second: tuple[int, int]) -> None:
    one, other = (Interval(starts, starts + length) for starts, length in (first, second))
    assert bool(overlap(one, other)) == one.meets(other)
