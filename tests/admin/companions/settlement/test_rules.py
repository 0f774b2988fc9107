from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from admin.companions.settlement.demo import lines
from admin.companions.settlement.rules import (
    NOTHING,
    Fee,
    Line,
    Parts,
    Terms,
    Tier,
    cents,
    compare,
    in_time,
    ineligible,
    settle,
    tiered,
    tiers_wrong,
)

D = Decimal
TIERS = (Tier(D(10_000), D("0.80")), Tier(D(50_000), D("0.90")), Tier(None, D("0.95")))
SHARES = {"A": D(1), "B": D("0.90"), "C": D(0)}
ROUND = Terms(D("600.00"), D("250000.00"), SHARES, TIERS)
YUAN = st.decimals(0, 99_999, places=2)
SHARE = st.decimals(0, 1, places=4)
FEES = st.lists(st.builds(Fee, st.sampled_from("ABC"), YUAN), max_size=30)


@st.composite
def terms(draw: st.DrawFn) -> Terms:
    ends = sorted(draw(st.sets(YUAN.filter(bool), max_size=4)))
    tiers = [Tier(end, draw(SHARE)) for end in (*ends, None)]
    return Terms(draw(YUAN), draw(YUAN), {name: draw(SHARE) for name in "ABC"}, tiers)


def article() -> list[Fee]:
    return [Fee(line["fee_class"], cents(D(line["quantity"]) * D(line["price"]))) for line in lines()]


def test_c1_the_articles_case_comes_out_to_the_cent() -> None:
    assert len(article()) >= 100
    parts = settle(article(), ROUND)
    assert (parts.total, parts.patient, parts.fund) == (D("87254.20"), D("14503.74"), D("72750.46"))
    assert f"{parts.fund * 100 / parts.total:.3f}" == "83.378"


def test_c1_one_item_or_one_rate_changes_both_parts() -> None:
    before, fees = settle(article(), ROUND), article()
    dearer = settle([Fee(fees[0].fee_class, fees[0].amount + D("100.00")), *fees[1:]], ROUND)
    assert dearer.patient != before.patient
    assert dearer.fund != before.fund
    other = settle(fees, Terms(ROUND.deductible, ROUND.cap, SHARES, (*TIERS[:2], Tier(None, D("0.90")))))
    assert other.patient > before.patient
    assert other.fund < before.fund


@given(FEES, terms(), YUAN)
def test_c1_fund_and_patient_are_the_total(fees: list[Fee], policy: Terms, used: Decimal) -> None:
    parts = settle(fees, policy, used)
    assert parts.fund + parts.patient == parts.total == sum((fee.amount for fee in fees), NOTHING)
    assert all(part >= 0 and part == cents(part) for part in vars(parts).values())


@given(FEES, terms(), YUAN)
def test_the_fund_never_pays_beyond_the_cap_of_the_year(fees: list[Fee], policy: Terms, used: Decimal) -> None:
    assert settle(fees, policy, used).fund <= max(NOTHING, policy.cap - used)


@given(FEES, terms(), st.builds(Fee, st.sampled_from("ABC"), YUAN))
def test_another_item_never_lowers_either_part(fees: list[Fee], policy: Terms, more: Fee) -> None:
    before, after = settle(fees, policy), settle([*fees, more], policy)
    assert after.fund >= before.fund
    assert after.patient >= before.patient - D("0.05"), "but for the rounding of each tier"


def test_half_a_cent_is_rounded_up() -> None:
    assert settle([Fee("B", D("0.05"))], Terms(NOTHING, D(9), {"B": D("0.90")}, [Tier(None, D(1))])) == Parts(
        D("0.05"), D("0.01"), NOTHING, NOTHING, NOTHING, D("0.01"), D("0.04")
    )


@pytest.mark.parametrize(
    ("amount", "fund"),
    [("0", "0.00"), ("10000", "8000.00"), ("10000.01", "8000.01"), ("50000", "44000.00"), ("80263.64", "72750.46")],
)
def test_each_tier_pays_its_own_share(amount: str, fund: str) -> None:
    assert tiered(D(amount), TIERS) == D(fund)


def test_what_lies_above_the_cap_is_the_patients() -> None:
    parts = settle([Fee("A", D("10600.00"))], ROUND, used=D("245000.00"))
    assert (parts.fund, parts.above_cap, parts.patient) == (D("5000.00"), D("3000.00"), D("5600.00"))


def test_tiers_rise_and_only_the_last_has_no_end() -> None:
    assert tiers_wrong(TIERS) is None
    assert tiers_wrong([])
    assert tiers_wrong(TIERS[:2])
    assert tiers_wrong([TIERS[1], TIERS[0], TIERS[2]])
    assert tiers_wrong([TIERS[2], TIERS[2]])


def test_a_region_that_is_not_connected_is_told_before_all_else() -> None:
    codes = {
        flags: problem.code if (problem := ineligible(*flags)) else None
        for flags in [(False, False, False), (True, False, False), (True, True, False), (True, True, True)]
    }
    assert list(codes.values()) == ["manual-reimbursement", "not-insured", "no-filing", None]


def test_the_last_day_no_longer_counts() -> None:
    assert in_time(date(2016, 1, 1), date(2017, 1, 1), date(2016, 12, 31))
    assert not in_time(date(2016, 1, 1), date(2017, 1, 1), date(2017, 1, 1))


def test_c1_differences_between_regions_are_listed_one_by_one() -> None:
    same, ours, changed = Line("1", D(5), D(4)), Line("2", D(5), D(4)), Line("3", D(5), D(4))
    theirs, other = Line("3", D(5), D(3)), Line("4", D(1), D(1))
    found = compare([same, ours, changed], [other, theirs, same])
    assert [(one.number, one.kind) for one in found] == [
        ("2", "missing-there"),
        ("3", "differs"),
        ("4", "missing-here"),
    ]
