from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from scheduling.delivery import generate
from scheduling.delivery.explain import clash
from scheduling.delivery.model import DeliveryModel, Switches
from scheduling.delivery.repair import repairs
from scheduling.delivery.rules import Timetable, cost, faults
from scheduling.delivery.search import Draft, groups, solve
from scheduling.delivery.slots import Places, slots
from scheduling.model import Interval, Placement, School, Unavailable, Week
from tests.scheduling.delivery.cast import SENDER, VILLAGE, at, course, periods, reception, week

FAR = course("美术", lead="罗", sending_room="录播二", receptions=(reception("纳灰", "陆", fallback_recording="r"),))


def found(made: Week, draft: Draft) -> tuple[int, int]:
    return cost(faults(Timetable(Places(made), draft.placements)))


def test_slots_lie_inside_a_period_of_each_school() -> None:
    made = week(course())

    assert slots(Places(made), made.courses[0]) == [at(day, number) for day in (1, 2) for number in range(1, 7)]


def test_a_lesson_too_long_for_what_bells_share_has_no_slot() -> None:
    made = week(course(minutes=36))

    assert slots(Places(made), made.courses[0]) == []


def test_courses_that_share_nothing_are_problems_of_their_own() -> None:
    made = week(course(), FAR, relays=())
    apart = replace(made.courses[1], sending_room="木陇教室", lead="岑")
    schools = replace(made, courses=(made.courses[0], replace(apart, receptions=FAR.receptions)))

    assert [len(group) for group in groups(Places(made))] == [2]  # the sender's line is one
    assert [len(group) for group in groups(Places(schools))] == [2]  # 木陇's assistant leads there


@settings(max_examples=3, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.integers(1, 1000))
def test_a_solved_draft_breaks_no_hard_rule_and_costs_what_the_rules_say(seed: int) -> None:
    made = generate.prefecture(0.012, seed)

    draft = solve(made, deadline=2, seed=seed)

    hard, soft = found(made, draft)
    static = cost([one for one in faults(Timetable(Places(made), ())) if one.rule in ("screen", "fallback")])[1]
    assert hard == sum(draft.left_out.values())
    assert draft.cost - sum(draft.left_out.values()) * 1_000 >= soft - static
    if not draft.left_out:
        assert draft.cost == soft - static


def test_the_greedy_timetable_costs_in_the_model_what_it_costs_by_the_rules() -> None:
    made = generate.prefecture(0.02, 7)
    model = DeliveryModel(Places(made), made.courses)
    drafts: list[Draft] = []

    def stop(draft: Draft) -> bool:
        drafts.append(draft)
        return False

    solve(made, 5, progress=stop)

    assert model.cost(drafts[0].placements) == drafts[0].cost


def test_locked_lessons_stay_where_they_are() -> None:
    made = week(course(weekly=2), locked=(Placement("音乐", 1, at(2, 6)),))

    draft = solve(made, 3)

    assert Placement("音乐", 2, at(2, 6)) in draft.placements
    assert found(made, draft)[0] == 0


def test_a_listener_may_stop_and_keep_what_there_is() -> None:
    made = generate.prefecture(0.05)
    drafts: list[Draft] = []

    def stop(draft: Draft) -> bool:
        drafts.append(draft)
        return False

    kept = solve(made, 20, progress=stop)

    assert len(drafts) == 1
    assert kept.placements == drafts[0].placements


def test_the_same_seed_makes_the_same_timetable() -> None:
    made = week(course(weekly=2), FAR)

    assert solve(made, 5, seed=4).placements == solve(made, 5, seed=4).placements


def test_rules_switched_off_do_not_bind() -> None:
    closed = tuple(Unavailable("韦", Interval(day, 0, 1440), "病假") for day in (1, 2))
    made = week(course(), unavailable=closed)

    assert solve(made, 3).left_out == {"音乐": 1}
    assert solve(made, 3, switches=Switches(off=frozenset({"H2"}))).left_out == {}


def test_what_does_not_fit_is_explained_with_the_smallest_clash_and_ways_out() -> None:
    """韦 has one period left, and two courses want it; a third, of another teacher, has nothing to do with it."""
    closed = (Unavailable("韦", Interval(1, 550, 1440), "教研"), Unavailable("韦", Interval(2, 0, 1440), "出差"))
    made = week(course(), course("书法", receptions=(reception("纳灰", "陆"),)), FAR, unavailable=closed)

    told = clash(made, made.courses[0])

    assert told is not None
    assert {one.id for one in told.courses} == {"音乐", "书法"}
    assert told.zh == "《音乐》、《书法》一共 2 节，都要用示范校 录播一、韦，排不下。"
    assert {one.zh for one in told.ways_out} == {
        "《音乐》每周减一节。",
        "《书法》每周减一节。",
        "腾出韦的周一 9:10–24:00（教研）。",
        "腾出韦的周二 0:00–24:00（出差）。",
    }


@pytest.mark.parametrize(
    ("schools", "minutes", "reason", "remedy"),
    [
        ((SENDER, replace(VILLAGE, periods=())), 35, "木陇还没有作息时间。", "在“作息”页给木陇录入作息时间。"),
        ((SENDER, VILLAGE), 45, "一节 45 分钟，示范校白天的课节最长 40 分钟。", "把这门课改成 40 分钟以内。"),
        ((SENDER, replace(VILLAGE, periods=periods(25))), 35, "示范校和木陇的课节对不上", "调整木陇的作息"),
    ],
)
def test_a_course_without_any_slot_is_told_why_and_what_to_do(
    schools: tuple[School, ...], minutes: int, reason: str, remedy: str
) -> None:
    made = replace(week(course(minutes=minutes)), schools=schools)

    told = clash(made, made.courses[0])

    assert told is not None
    assert reason in told.zh
    assert remedy in told.ways_out[0].zh


def test_what_fits_has_no_clash() -> None:
    made = week(course(), FAR)

    assert clash(made, made.courses[0]) is None


def test_a_repair_moves_only_what_must_and_prefers_the_same_day() -> None:
    published = (Placement("音乐", 1, at()), Placement("美术", 1, at(2)))
    made = week(course(), FAR, published=published, unavailable=(Unavailable("韦", at(), "病假"),))

    offered = repairs(made)

    assert [one.disturbance for one in offered] == sorted(one.disturbance for one in offered)
    [(before, after)] = offered[0].moved
    assert (before, offered[0].disturbance) == (published[0], 1)
    assert after is not None
    assert after.interval.weekday == 1
    assert len({one.moved for one in offered}) == 3
    assert all(published[1] in one.placements for one in offered)


def test_nothing_broken_needs_no_repair() -> None:
    assert repairs(week(course(), published=(Placement("音乐", 1, at()),))) == []


@pytest.mark.parametrize("size", [0.05, 0.1])
def test_the_generated_prefecture_keeps_its_proportions(size: float) -> None:
    made = generate.prefecture(size)

    assert sum(one.weekly for one in made.courses) == pytest.approx(generate.LESSONS * size, abs=2)
