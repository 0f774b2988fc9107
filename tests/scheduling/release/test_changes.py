from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from scheduling.calendar.days import Day
from scheduling.delivery.slots import taking
from scheduling.model import Placement, Weeks
from scheduling.release.changes import (
    SHANGHAI,
    Dated,
    What,
    clashes,
    concerned,
    dated,
    keeping_exceptions,
    next_version,
)
from tests.scheduling.delivery.cast import at, course

MONDAY = date(2026, 9, 7)
BEFORE = datetime(2026, 9, 1, tzinfo=UTC)


def day(offset: int, runs: int | None, week: int = 1) -> Day:
    return Day(MONDAY + timedelta(offset), week, "taught" if runs else "free", runs, certain=True)


def lesson(number: int, hour: int, sequence: int = 0, cancelled: bool = False) -> Dated:
    starts = datetime(2026, 9, 7, hour, tzinfo=SHANGHAI)
    return Dated("音乐", 1, number, starts, starts + timedelta(minutes=35), sequence, cancelled, taking(course()))


def test_a_lesson_is_on_each_day_that_runs_its_weekday() -> None:
    days = [day(0, 1), day(1, None), day(5, 2)]
    placed = [Placement("音乐", 1, at(1)), Placement("音乐", 2, at(2, 3))]

    first, second = dated({"音乐": course(weekly=2)}, placed, days)

    assert first.starts == datetime(2026, 9, 7, 8, 35, tzinfo=SHANGHAI)
    assert second.starts == datetime(2026, 9, 12, 10, 35, tzinfo=SHANGHAI)  # a Saturday that runs Tuesday
    assert second.ends - second.starts == timedelta(minutes=35)


def test_odd_weeks_lessons_are_in_odd_weeks() -> None:
    days = [day(0, 1, week=1), day(7, 1, week=2), day(14, 1, week=3)]

    found = dated({"音乐": course(weeks=Weeks.ODD)}, [Placement("音乐", 1, at())], days)

    assert [one.week for one in found] == [1, 3]


def test_a_weekday_that_is_run_twice_in_a_week_gives_two_lessons() -> None:
    found = dated({"音乐": course()}, [Placement("音乐", 1, at())], [day(0, 1), day(5, 1)])

    assert len({one.key for one in found}) == 2


def test_a_version_tells_what_is_new_moved_cancelled_and_restored() -> None:
    before = [lesson(1, 8), lesson(2, 9), lesson(3, 10), lesson(4, 11, 1, cancelled=True)]
    wanted = [lesson(1, 8), lesson(2, 14), lesson(4, 11), lesson(5, 15)]

    after, changes = next_version(before, wanted, BEFORE)

    assert [(one.what, one.after.number) for one in changes] == [
        (What.MOVED, 2),
        (What.CANCELLED, 3),
        (What.RESTORED, 4),
        (What.NEW, 5),
    ]
    assert {one.number: one.sequence for one in after} == {1: 0, 2: 1, 3: 1, 4: 2, 5: 0}
    assert [one.number for one in after if one.cancelled] == [3]


def test_what_is_past_is_never_changed() -> None:
    now = datetime(2026, 9, 7, 12, tzinfo=SHANGHAI)

    after, changes = next_version([lesson(1, 8)], [lesson(2, 9)], now)

    assert (after, changes) == ([lesson(1, 8)], [])


@given(st.sets(st.integers(1, 6)), st.sets(st.integers(1, 6)))
def test_publishing_the_same_again_changes_nothing(old: set[int], new: set[int]) -> None:
    first, _ = next_version([], [lesson(number, 8) for number in old], BEFORE)
    second, _ = next_version(first, [lesson(number, 8) for number in new], BEFORE)
    third, changes = next_version(second, [lesson(number, 8) for number in new], BEFORE)

    assert (third, changes) == (second, [])
    assert {one.number for one in second if not one.cancelled} == new
    assert {one.number for one in second} == old | new


def test_a_change_concerns_everybody_who_is_or_was_in_the_lesson() -> None:
    before = lesson(1, 8)
    after = replace(before, who=tuple("陆" if one == "岑" else one for one in before.who))

    _, changes = next_version([before], [after], BEFORE)

    assert [one.what for one in changes] == [What.CHANGED]
    assert set(concerned(changes)) == {"韦", "录播一", "木陇班", "木陇教室", "岑", "陆"}


def test_what_was_cancelled_or_substituted_by_itself_stays_so_in_the_next_timetable() -> None:
    gone = replace(lesson(1, 8, 1, cancelled=True), by_hand=True)
    lent = replace(lesson(2, 9, 1), substitute="罗", by_hand=True)

    wanted = keeping_exceptions([gone, lent, lesson(3, 10)], [lesson(1, 14), lesson(2, 9), lesson(3, 15)])
    after, changes = next_version([gone, lent, lesson(3, 10)], wanted, BEFORE)

    assert [(one.what, one.after.number) for one in changes] == [(What.MOVED, 3)]
    assert (after[0].cancelled, after[1].substitute) == (True, "罗")


def test_a_make_up_day_that_puts_somebody_in_two_places_is_found() -> None:
    other = replace(lesson(1, 8), course="书法")

    assert {who for who, _, _ in clashes([lesson(1, 8), other])} == {"韦", "录播一", "木陇班", "木陇教室", "岑"}
    assert list(clashes([lesson(1, 8), replace(other, cancelled=True)])) == []
    assert {who for who, _, _ in clashes([lesson(1, 8), replace(other, who=("罗",), substitute="韦")])} == {"韦"}
