"""The ladder by itself: whatever a viewer reports, the answer is a rung that is there."""

import random
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from classroom.relay import layers
from classroom.relay.layers import LADDER, Climber, Rung

ALL = [Rung("thin", 0), Rung("voice", 0), Rung("q", 150), Rung("h", 500), Rung("f", 1700)]
rung_sets = st.sets(st.sampled_from(ALL), min_size=1).map(lambda found: sorted(found, key=ALL.index))
reports = st.one_of(
    st.tuples(st.just("remb"), st.floats(0, 1e5)),
    st.tuples(st.just("loss"), st.floats(0, 1)),
    st.tuples(st.just("delay"), st.floats(0, 60)),
)


@given(st.lists(st.tuples(rung_sets, st.lists(reports, max_size=3), st.booleans(), st.floats(0, 20)), max_size=40))
def test_the_choice_is_always_one_of_the_rungs(
    steps: list[tuple[list[Rung], list[tuple[str, float]], bool, float]],
) -> None:
    climber, now = Climber(), 1000.0
    for rungs, told, settled, later in steps:
        now += later
        for kind, value in told:
            if kind == "remb":
                climber.on_estimate(value, now)
            elif kind == "loss":
                climber.on_loss(round(value * 100), 100, now)
            else:
                climber.on_delay(value, now)
        before = climber.level
        chosen = climber.choose(rungs, 500.0, settled, now)
        names = [rung.name for rung in rungs]
        assert chosen in names
        if before in names:
            assert names.index(chosen) <= names.index(before) + 1, "up goes one rung at a time"


def test_a_trial_that_fails_after_its_rung_has_gone_leads_nobody_up() -> None:
    climber = Climber()
    assert climber.choose(ALL[:4], 500.0, True, 1000.0) == "q"
    assert climber.choose(ALL[:4], 500.0, True, 1020.0) == "h", "tried"
    assert climber.choose(ALL[:1], 500.0, False, 1020.1) == "thin"
    climber.on_delay(10.0, 1020.2)
    assert climber.choose(ALL[:3], 500.0, True, 1020.3) in ("thin", "voice")


def on_top(now: float) -> Climber:
    climber = Climber()
    while climber.level != "f":
        climber.choose(ALL, 500.0, True, now)
        now += 1.0
    for _ in range(30):
        climber.choose(ALL, 1700.0, True, now)
        now += 1.0
    return climber


def test_it_begins_with_the_smallest_picture_and_without_one_with_the_voice() -> None:
    assert Climber().choose(ALL, 0.0, True, 0.0) == "q"
    assert Climber().choose(ALL[3:], 0.0, True, 0.0) == "h"
    assert Climber().choose(ALL[:2], 0.0, True, 0.0) == "voice"


def test_an_estimate_below_what_flows_leads_to_the_layer_that_fits() -> None:
    climber = on_top(0.0)
    for at in range(6):
        climber.on_estimate(600.0 - at, 100.0 + at * 0.5)
        level = climber.choose(ALL, 1700.0, True, 100.0 + at * 0.5)
    assert level == "h"


def test_an_estimate_that_rises_is_given_time() -> None:
    climber = on_top(0.0)
    for at in range(20):
        climber.on_estimate(600.0 + 20 * at, 100.0 + at * 0.5)
        assert climber.choose(ALL, 1700.0, True, 100.0 + at * 0.5) == "f"


def test_an_old_estimate_says_nothing() -> None:
    climber = on_top(0.0)
    climber.on_estimate(100.0, 100.0)
    assert climber.choose(ALL, 1700.0, True, 100.0 + layers.STALE + 1.0) == "f"


def test_a_growing_round_trip_is_a_queue() -> None:
    climber = on_top(0.0)
    for delay in (0.05, 0.05, 1.0, 1.2):
        climber.on_delay(delay, 99.0)
    assert climber.choose(ALL, 1700.0, True, 100.0) == "h"


def test_sound_is_not_sent_twice_into_a_queue_that_stands() -> None:
    climber = on_top(0.0)
    assert climber.repeats_sound("f", 100.0)
    for at in range(layers.STANDING_FOR + 1):
        climber.on_delay(0.05 if not at else 0.3, 100.0 + at)
    assert not climber.repeats_sound("f", 107.0)
    assert climber.repeats_sound("f", 107.0 + layers.TIGHT)


def test_a_line_that_loses_by_itself_hears_sound_twice_even_without_pictures() -> None:
    climber = Climber()
    climber.choose(ALL[:2], 0.0, True, 0.0)
    assert not climber.repeats_sound("voice", 0.0)
    for at in range(8):
        climber.on_loss(20, 100, 10.0 + at)
        climber.choose(ALL[:2], 0.0, True, 10.0 + at)
    assert climber.repeats_sound("voice", 20.0)


@pytest.mark.parametrize(("missed", "level"), [(0, "f"), (4, "h")])
def test_a_queue_that_stands_and_spills_takes_a_rung(missed: int, level: str) -> None:
    climber = on_top(0.0)
    for at in range(layers.FULL_FOR + 1):
        climber.on_delay(0.05 if not at else 0.35, 100.0 + at)
        climber.on_loss(missed, 100, 100.0 + at)
    assert climber.choose(ALL, 1700.0, True, 112.0) == level


def test_a_layer_that_does_not_come_is_given_up() -> None:
    climber, now = Climber(), 0.0
    climber.choose(ALL, 150.0, True, now)
    climber.choose(ALL, 150.0, True, now + 2.0)
    assert climber.level == "h"
    assert climber.choose(ALL, 150.0, False, now + 2.0 + layers.NO_SHOW + 0.1) == "q"


def test_failed_trials_grow_rare() -> None:
    climber, now, tries = Climber(), 0.0, []
    for _ in range(600):
        now += 1.0
        before = climber.level
        level = climber.choose(ALL, 150.0, True, now)
        if before == "q" and level == "h":
            tries.append(now)
        climber.on_loss(50 if level == "h" else 0, 100, now)
    assert 3 <= len(tries) <= 7
    gaps = [later - earlier for earlier, later in pairwise(tries)]
    assert gaps == sorted(gaps)


def test_the_ladder_has_the_names_that_others_use() -> None:
    assert LADDER == ("thin", "voice", "q", "h", "f")


@pytest.mark.parametrize("seed", range(20))
def test_loss_that_belongs_to_the_line_never_takes_the_picture(seed: int) -> None:
    """20 % at random, five minutes, looked at four times a second as an estimate that moves has it: of the few packets
    in between more than a third is missed at times."""
    chance, climber, now = random.Random(seed), Climber(), 0.0
    packets = {"q": 24, "h": 30, "f": 60}
    for _ in range(1200):
        now += 0.25
        level = climber.choose(ALL, 500.0, True, now)
        assert level in packets, f"at {now} s"
        sent = packets[level]
        climber.on_loss(sum(chance.random() < 0.2 for _ in range(sent)), sent, now)
