from datetime import UTC, date, datetime
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from admin.tickets.rules import IN_CLASS, Holder, above, close_refused, due, take_refused
from admin.working_days import Calendar

NOW = datetime(2026, 11, 24, 2, 30, tzinfo=UTC)
TIERS = ("school", "township", "county", "prefecture")
LINE = [Holder(UUID(int=number), tier) for number, tier in enumerate(TIERS)]


@given(st.lists(st.sampled_from(LINE), unique=True, min_size=1).map(lambda some: sorted(some, key=LINE.index)))
def test_a_ticket_passes_each_staffed_tier_once_and_stays_at_the_top(holders: list[Holder]) -> None:
    passed = [holders[0]]
    while up := above(holders, passed[-1].id):
        assert due(holders, passed[-1], True, NOW, Calendar()) == NOW + IN_CLASS
        passed.append(up)
    assert passed == holders
    assert due(holders, passed[-1], True, NOW, Calendar()) is None


def test_a15_a_fault_of_friday_afternoon_waits_for_the_make_up_saturday_and_not_for_the_night() -> None:
    """2026-05-09 is a Saturday that works for the May holiday; four hours are one of Friday's and three of it."""
    friday = datetime(2026, 5, 8, 8, 30, tzinfo=UTC)
    assert due(LINE, LINE[0], False, friday, Calendar()) == datetime(2026, 5, 9, 3, 30, tzinfo=UTC)
    assert due(LINE, LINE[0], True, friday, Calendar()) == friday + IN_CLASS
    day_off = Calendar({date(2026, 5, 9): False})
    assert due(LINE, LINE[0], False, friday, day_off) == datetime(2026, 5, 11, 3, 30, tzinfo=UTC)


def test_a_holder_who_left_hands_on_to_the_lowest_that_is_left() -> None:
    assert above(LINE[2:], LINE[0].id) == LINE[2]


def test_only_who_took_it_closes_it() -> None:
    me, other = UUID(int=7), UUID(int=8)
    assert take_refused("open") is None
    assert take_refused("taken")
    assert close_refused("taken", me, me) is None
    assert close_refused("taken", other, me)
    assert close_refused("open", None, me)
