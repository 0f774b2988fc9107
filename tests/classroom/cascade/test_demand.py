"""What a relay pulls, under a hand clock."""

from classroom.cascade.demand import ALONE, LINGER, Demand, Need, Want
from tests.classroom.conftest import viewer_ticket

TEACHER, BOARD = Need("lesson", "teacher"), Need("lesson", "board")
TICKET = viewer_ticket()
BELOW, ABOVE = Want(TICKET, from_above=True), Want(TICKET, from_above=False)


def test_what_is_watched_is_pulled_once_and_at_once() -> None:
    demand = Demand()
    assert demand.look({TEACHER: BELOW}, {}, 0.0).open == ((TEACHER, TICKET),)
    assert demand.look({TEACHER: BELOW}, {}, 0.5).open == ()


def test_what_nobody_watches_is_dropped_a_few_seconds_later() -> None:
    demand = Demand()
    demand.look({TEACHER: BELOW, BOARD: BELOW}, {}, 0.0)
    assert demand.look({BOARD: BELOW}, {}, LINGER - 0.1).drop == ()
    assert demand.look({BOARD: BELOW}, {}, LINGER + 0.1).drop == (TEACHER,)
    assert TEACHER not in demand
    assert BOARD in demand


def test_who_comes_back_in_time_finds_the_leg() -> None:
    demand = Demand()
    demand.look({TEACHER: BELOW}, {}, 0.0)
    demand.look({}, {}, 3.0)
    assert demand.look({TEACHER: BELOW}, {}, 4.0) == demand.look({TEACHER: BELOW}, {}, 8.0)
    assert demand.look({}, {}, 12.0).drop == ()


def test_where_publishers_come_the_lesson_is_looked_for_above_only_when_none_does() -> None:
    demand = Demand()
    assert demand.look({TEACHER: ABOVE}, {}, 0.0).open == ()
    assert demand.look({TEACHER: ABOVE}, {}, ALONE + 0.1).open == ((TEACHER, TICKET),)


def test_nothing_is_pulled_over_somebody_who_publishes_here() -> None:
    demand = Demand()
    demand.look({TEACHER: BELOW}, {}, 0.0)
    assert demand.look({TEACHER: BELOW}, {TEACHER: True}, 0.5).drop == (TEACHER,)
    assert demand.look({TEACHER: BELOW}, {TEACHER: True}, 9.0).open == ()


def test_what_was_stopped_begins_anew_when_it_is_wanted() -> None:
    demand = Demand()
    demand.look({TEACHER: BELOW}, {}, 0.0)
    demand.forget(TEACHER)
    assert demand.look({TEACHER: BELOW}, {}, 0.1).open == ((TEACHER, TICKET),)
