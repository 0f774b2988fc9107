"""异地就医即时结算 (C1): the treatment region's catalogue, the insured region's policy. Pure; all amounts are yuan as
Decimal, rounded half-up to two places.

patient = self-paid parts + deductible + what the tiers leave + what lies above the cap; the fund pays the rest straight
to the hospital, so the patient advances nothing of it.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from itertools import pairwise

from core.errors import Conflict, NotAllowed, Problem

CENT = Decimal("0.01")
NOTHING = Decimal("0.00")
CLASSES = ("A", "B", "C")
"""甲类 is covered whole, 乙类 after a first share of one's own, 丙类 and what is in no catalogue not at all."""
NOT_LISTED = "C"


@dataclass(frozen=True)
class Tier:
    """Of what is covered above the deductible, up to `up_to` (None: without end), the fund pays `share` (0 to 1)."""

    up_to: Decimal | None
    share: Decimal


@dataclass(frozen=True)
class Terms:
    deductible: Decimal
    cap: Decimal
    class_shares: Mapping[str, Decimal]
    """By class, the fraction of an item that is covered."""
    tiers: Sequence[Tier]


@dataclass(frozen=True)
class Fee:
    fee_class: str
    amount: Decimal


@dataclass(frozen=True)
class Parts:
    total: Decimal
    self_paid: Decimal
    deductible: Decimal
    tier_part: Decimal
    above_cap: Decimal
    patient: Decimal
    fund: Decimal


@dataclass(frozen=True)
class Line:
    """A settlement as it goes between regions."""

    number: str
    total: Decimal
    fund: Decimal


@dataclass(frozen=True)
class Difference:
    number: str
    kind: str
    """missing-here, missing-there or differs."""
    ours: Line | None
    theirs: Line | None


def cents(amount: Decimal) -> Decimal:
    return amount.quantize(CENT, ROUND_HALF_UP)


def settle(fees: Iterable[Fee], terms: Terms, used: Decimal = NOTHING) -> Parts:
    """`used` is what the fund has paid for the person this year already."""
    listed = list(fees)
    total = sum((fee.amount for fee in listed), NOTHING)
    self_paid = sum((own_part(fee, terms) for fee in listed), NOTHING)
    covered = total - self_paid
    deductible = min(covered, terms.deductible)
    by_tiers = tiered(covered - deductible, terms.tiers)
    fund = min(by_tiers, max(NOTHING, terms.cap - used))
    tier_part = covered - deductible - by_tiers
    above_cap = by_tiers - fund
    patient = self_paid + deductible + tier_part + above_cap
    return Parts(total, self_paid, deductible, tier_part, above_cap, patient, fund)


def own_part(fee: Fee, terms: Terms) -> Decimal:
    return cents(fee.amount * (1 - terms.class_shares[fee.fee_class]))


def tiered(amount: Decimal, tiers: Sequence[Tier]) -> Decimal:
    """The fund's part of the amount, each tier rounded by itself."""
    paid, below = NOTHING, NOTHING
    for tier in tiers:
        top = amount if tier.up_to is None else min(amount, tier.up_to)
        paid += cents(max(NOTHING, top - below) * tier.share)
        below = max(below, top)
    return paid


def tiers_wrong(tiers: Sequence[Tier]) -> str | None:
    """What is wrong with a policy's tiers: they must rise, and only the last has no end."""
    ends = [tier.up_to for tier in tiers]
    if not ends or ends[-1] is not None or None in ends[:-1]:
        return "只有最后一档没有上限 / only the last tier is without an end"
    known = [end for end in ends if end is not None]
    if any(later <= earlier for earlier, later in pairwise(known)):
        return "各档上限要逐档升高 / each tier ends above the one before"
    return None


def in_time(start: date, end: date | None, day: date) -> bool:
    """`end` is the first day that no longer counts."""
    return start <= day and (end is None or day < end)


def ineligible(connected: bool, insured: bool, filed: bool) -> Problem | None:
    """Why this cannot be settled at once; a region or hospital that is not connected first, for nothing else helps."""
    if not connected:
        zh = "就医地或医院没有联网，不能即时结算，请回参保地手工报销。"
        en = "The region or hospital is not connected: manual reimbursement at the place of insurance."
        return Conflict("manual-reimbursement", zh=zh, en=en)
    if not insured:
        zh, en = "这一天不在参保有效期内。", "The person is not insured on this day."
        return NotAllowed("not-insured", zh=zh, en=en)
    if not filed:
        zh, en = "没有有效的异地就医备案，请先备案。", "There is no valid filing; file it first."
        return Conflict("no-filing", zh=zh, en=en)
    return None


def compare(ours: Iterable[Line], theirs: Iterable[Line]) -> list[Difference]:
    """Every settlement that is not the same on both sides, by number."""
    here = {line.number: line for line in ours}
    there = {line.number: line for line in theirs}
    found = []
    for number in sorted(here.keys() | there.keys()):
        mine, other = here.get(number), there.get(number)
        if mine != other:
            kind = "missing-here" if mine is None else "missing-there" if other is None else "differs"
            found.append(Difference(number, kind, mine, other))
    return found
