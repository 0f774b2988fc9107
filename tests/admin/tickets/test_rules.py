from datetime import UTC, datetime
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from admin.tickets.rules import IN_CLASS, OUT_OF_CLASS, Holder, above, close_refused, due, take_refused

NOW = datetime(2026, 11, 24, 2, 30, tzinfo=UTC)
TIERS = ("school", "township", "county", "prefecture")
LINE = [Holder(UUID(int=number), tier) for number, tier in enumerate(TIERS)]


@given(st.lists(st.sampled_from(LINE), unique=True, min_size=1).map(lambda some: sorted(some, key=LINE.index)))
def test_a_ticket_passes_each_staffed_tier_once_and_stays_at_the_top(holders: list[Holder]) -> None:
    passed = [holders[0]]
    while up := above(holders, passed[-1].id):
        assert due(holders, passed[-1], True, NOW) == NOW + IN_CLASS
        passed.append(up)
    assert passed == holders
    assert due(holders, passed[-1], True, NOW) is None


def test_in_class_minutes_count_and_out_of_class_hours() -> None:
    assert due(LINE, LINE[0], False, NOW) == NOW + OUT_OF_CLASS


def test_a_holder_who_left_hands_on_to_the_lowest_that_is_left() -> None:
    assert above(LINE[2:], LINE[0].id) == LINE[2]


def test_only_who_took_it_closes_it() -> None:
    me, other = UUID(int=7), UUID(int=8)
    assert take_refused("open") is None
    assert take_refused("taken")
    assert close_refused("taken", me, me) is None
    assert close_refused("taken", other, me)
    assert close_refused("open", None, me)
