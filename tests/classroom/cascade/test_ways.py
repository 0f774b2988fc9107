"""Which relay a lesson comes from."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from classroom.cascade import ways
from classroom.cascade.ways import LoopFound
from core.errors import NotAllowed
from tests.classroom.conftest import make_ticket

SCHOOL, TOWNSHIP, COUNTY, PREFECTURE = "http://school", "http://township", "http://county", "http://prefecture"
WAYS = (SCHOOL, TOWNSHIP, COUNTY, PREFECTURE)
addresses = st.sampled_from([*WAYS, "http://elsewhere"])


def test_a_relay_pulls_from_its_ancestors_the_nearest_first() -> None:
    assert ways.above(WAYS, TOWNSHIP) == (COUNTY, PREFECTURE)


def test_the_root_and_a_stranger_pull_from_nobody() -> None:
    assert ways.above(WAYS, PREFECTURE) == ()
    assert ways.above(WAYS, "http://elsewhere") == ()
    assert ways.above((), SCHOOL) == ()


@given(st.lists(addresses, max_size=6), addresses)
def test_no_chain_of_pulls_comes_back_to_where_it_was(on_the_way: list[str], own: str) -> None:
    seen = [own]
    while parents := ways.above(on_the_way, seen[-1]):
        seen.append(parents[0])
    assert len(set(seen)) == len(seen)


def test_publishers_send_above_a_relay_below_the_anchor() -> None:
    ticket = make_ticket(ways=WAYS, anchor=COUNTY)
    below = [ways.below_anchor(ticket, own) for own in WAYS]
    assert below == [True, True, False, False]


def test_a_ticket_opens_the_relays_on_its_way_and_no_others() -> None:
    ways.check_place(make_ticket(ways=WAYS), COUNTY)
    ways.check_place(make_ticket(), "http://anywhere")
    with pytest.raises(NotAllowed, match="ticket-for-another-relay"):
        ways.check_place(make_ticket(ways=WAYS), "http://elsewhere")


def test_a_request_that_has_passed_here_is_refused() -> None:
    ways.check_loop(ways.passed("school-1, township-2"), "county-1")
    with pytest.raises(LoopFound):
        ways.check_loop(ways.passed("county-1,township-2"), "county-1")
    with pytest.raises(LoopFound):
        ways.check_loop([f"relay-{number}" for number in range(ways.MOST_HOPS)], "county-1")


def test_a_relay_may_only_watch_with_the_ticket_of_somebody_below() -> None:
    ticket = make_ticket(room="room-1", takeover=True)
    as_relay = ways.of_a_relay(ticket, ("school-1",))
    assert (as_relay.publish, as_relay.role, as_relay.room) == ((), "relay", None)
    assert as_relay.id != ticket.id
    assert ways.via(as_relay) == ("school-1",)
    assert ways.via(ticket) == ()


def test_who_did_not_answer_just_now_is_asked_last() -> None:
    failed = {TOWNSHIP: 100.0}
    assert ways.in_order((TOWNSHIP, COUNTY, PREFECTURE), failed, 101.0) == [COUNTY, PREFECTURE, TOWNSHIP]
    assert ways.in_order((TOWNSHIP, COUNTY, PREFECTURE), failed, 104.0) == [TOWNSHIP, COUNTY, PREFECTURE]
