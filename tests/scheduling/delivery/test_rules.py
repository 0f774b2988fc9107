"""One test a rule: it finds what breaks it and nothing else."""

from dataclasses import replace

import pytest

from scheduling.delivery.rules import RULES, Timetable, faults, why_not
from scheduling.model import Interval, Placement, Room, Unavailable, Weeks
from tests.scheduling.delivery.cast import (
    ROOMS,
    SENDER,
    VILLAGE,
    at,
    course,
    periods,
    reception,
    timetable,
    week,
)

FAR = course("美术", lead="罗", sending_room="录播二", receptions=(reception("纳灰", "陆", fallback_recording="r"),))
BIG = replace(VILLAGE, county="安龙")


def broken(found: Timetable) -> list[str]:
    return [one.rule for one in faults(found) if one.rule != "days"]


def test_every_rule_has_a_sentence_in_both_languages_and_a_test() -> None:
    assert all(rule.zh and rule.en for rule in RULES.values())
    assert {"H1", "H2", "H3", "H4", "H5", "H6", "H8", "H9", "H10"} <= set(RULES)


def test_a_lesson_inside_everybodys_periods_breaks_nothing() -> None:
    assert broken(timetable(week(course()), ("音乐", at()))) == []


def test_a_teacher_is_in_one_lesson_at_a_time_by_the_clock() -> None:
    made = week(course(), replace(FAR, lead="韦"))
    minutes_later = Interval(1, 530, 545)

    assert "H1" in broken(timetable(made, ("音乐", at()), ("美术", minutes_later)))
    assert "H1" not in broken(timetable(made, ("音乐", at()), ("美术", at(number=2))))


def test_odd_and_even_weeks_never_meet() -> None:
    made = week(course(weeks=Weeks.ODD), replace(FAR, lead="韦", weeks=Weeks.EVEN))

    assert broken(timetable(made, ("音乐", at()), ("美术", at()))) == []


@pytest.mark.parametrize(
    ("who", "named"),
    [("韦", "韦"), ("木陇班", "木陇 木陇班"), ("录播一", "示范校 录播一"), ("木陇", "木陇"), ("岑", "岑")],
)
def test_nobody_has_a_lesson_while_unavailable(who: str, named: str) -> None:
    made = week(course(), unavailable=(Unavailable(who, Interval(1, 500, 520), "线路检修"),))

    [fault] = faults(timetable(made, ("音乐", at())), frozenset({"days"}))

    assert (fault.rule, fault.zh) == ("H2", f"{named} 周一 8:35–9:10 不能上《音乐》：线路检修。")


def test_a_course_has_as_many_lessons_as_planned() -> None:
    assert broken(timetable(week(course(weekly=2)), ("音乐", at()))) == ["H3"]


def test_a_lesson_is_inside_a_period_of_each_school() -> None:
    assert broken(timetable(week(course()), ("音乐", at(shift=0)))) == ["H4"]  # 木陇 begins five minutes later


def test_a_broken_room_sends_nothing() -> None:
    rooms = (Room("录播一", "录播一", "示范校", sends=True, healthy=False), *ROOMS[1:])

    assert broken(timetable(week(course(), rooms=rooms), ("音乐", at()))) == ["H5"]


def test_a_line_carries_no_more_than_it_can() -> None:
    thin = replace(SENDER, uplink_kbit=2_000)
    made = replace(week(course(), FAR), schools=(thin, *week().schools[1:]))

    assert broken(timetable(made, ("音乐", at()), ("美术", at()))) == ["H5", "H5"]  # odd weeks and even weeks
    assert broken(timetable(made, ("音乐", at()), ("美术", at(2)))) == []


def test_a_receiving_class_has_an_assistant() -> None:
    made = week(course(receptions=(reception(assistant=None),)))

    assert broken(timetable(made, ("音乐", at()))) == ["H6"]


def test_a_locked_lesson_stays() -> None:
    made = week(course(), locked=(Placement("音乐", 1, at(2)),))

    assert broken(timetable(made, ("音乐", at()))) == ["H8"]


def test_a_county_does_not_use_anothers_school_but_the_prefecture_may() -> None:
    schools = (SENDER, BIG, week().schools[2])

    assert broken(timetable(week(course(), schools=schools), ("音乐", at()))) == ["H9"]
    assert broken(timetable(week(course(authority="州"), schools=schools), ("音乐", at()))) == []


def test_at_most_three_rooms_are_interactive() -> None:
    made = week(course(receptions=tuple(reception() for _ in range(4))))

    assert "H10" in broken(timetable(made, ("音乐", at())))


def test_lessons_of_a_course_are_on_different_days_except_a_double() -> None:
    placed = (("音乐", at()), ("音乐", at(number=2)))

    assert broken(timetable(week(course(weekly=2)), *placed)) == ["spread"]
    assert broken(timetable(week(course(weekly=2, double=True)), *placed)) == []


def test_main_subjects_are_in_the_morning_and_sport_is_not_after_lunch() -> None:
    assert broken(timetable(week(course(main_subject=True)), ("音乐", at(number=5)))) == ["morning"]
    assert broken(timetable(week(course(sport=True)), ("音乐", at(number=5)))) == ["after-lunch"]
    assert broken(timetable(week(course(sport=True)), ("音乐", at(number=6)))) == []


def test_optional_courses_are_in_the_evening() -> None:
    late = replace(periods()[0], interval=Interval(1, 1000, 1040), evening=True)
    schools = tuple(replace(one, periods=(*one.periods, late)) for one in week().schools)
    made = week(course(optional=True), schools=schools)

    assert broken(timetable(made, ("音乐", at()))) == ["evening"]
    assert broken(timetable(made, ("音乐", Interval(1, 1000, 1035)))) == []


def test_a_teacher_teaches_no_more_a_day_than_is_wanted() -> None:
    people = tuple(replace(one, most_daily=1) for one in week().people)
    made = week(course(), course("书法"), people=people)

    assert broken(timetable(made, ("音乐", at()), ("书法", at(number=2)))) == ["daily"]


def test_each_day_that_a_teacher_comes_counts() -> None:
    made = week(course(), course("书法"))
    [fault] = [one for one in faults(timetable(made, ("音乐", at()), ("书法", at(2)))) if one.rule == "days"]

    assert fault.amount == 2


def test_what_was_published_should_stay() -> None:
    made = week(course(), published=(Placement("音乐", 1, at(2)),))

    assert broken(timetable(made, ("音乐", at()))) == ["change"]


def test_screens_take_at_most_three_lessons_of_ten() -> None:
    made = week(course(weekly=4), classes=tuple(replace(one, weekly_lessons=13) for one in week().classes))
    slots = [("音乐", at(day, number)) for day in (1, 2) for number in (1, 2)]

    assert "screen" in broken(timetable(made, *slots))
    assert "screen" not in broken(timetable(replace(made, courses=(course(weekly=4, weeks=Weeks.ODD),)), *slots))


def test_a_weak_line_has_something_to_fall_back_on() -> None:
    made = week(replace(FAR, receptions=(reception("纳灰", "陆"),)))

    assert broken(timetable(made, ("美术", at()))) == ["fallback"]


def test_dragging_tells_why_not_before_the_lesson_is_dropped() -> None:
    made = week(course(), replace(FAR, lead="韦"))
    there = timetable(made, ("音乐", at()), ("美术", at(2)))

    [fault] = why_not(there, made.courses[1], 2, at(), frozenset({"days"}))

    assert fault.zh == "韦 周一 8:35–9:10 同时有《音乐》和《美术》。"
    assert why_not(there, made.courses[1], 2, at(2, 3), frozenset({"days"})) == []


def test_a_rule_that_is_switched_off_finds_nothing() -> None:
    assert faults(timetable(week(course(weekly=2)), ("音乐", at())), frozenset({"H3", "days"})) == []
