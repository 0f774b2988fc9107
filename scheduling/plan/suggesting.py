"""Suggestions: which offer could close which needs. Pure and greedy, so that everyone can see why.

Classes that lack the same subject in the same grade are gathered around an offer, those of its own county first, then
teaching points, then the greatest lack. A class joins only while all schools still share a slot of the clock that is
long enough. Each lack and each offered lesson is used once.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from scheduling.calendar.bells import Bells, Interval, overlap

MOST_IN_A_GROUP = 8
"""Beyond this a teacher knows nobody; the bureau may add more by hand."""


@dataclass(frozen=True)
class Wanting:
    class_id: UUID
    school_id: UUID
    county_id: UUID | None
    point: bool
    subject: str
    grade: int
    missing: int


@dataclass(frozen=True)
class Offered:
    id: UUID
    school_id: UUID
    county_id: UUID | None
    subject: str
    first_grade: int
    last_grade: int
    left: int

    def serves(self, one: Wanting) -> bool:
        return self.subject == one.subject and self.first_grade <= one.grade <= self.last_grade


@dataclass(frozen=True)
class Suggestion:
    offer: UUID
    subject: str
    grade: int
    weekly: int
    classes: tuple[Wanting, ...]
    slots: int

    @property
    def closes(self) -> int:
        return sum(min(self.weekly, one.missing) for one in self.classes)


def suggest(
    wanting: Iterable[Wanting], offers: Sequence[Offered], bells: Mapping[UUID, Bells], minutes: int
) -> list[Suggestion]:
    """The one that closes most first. Schools without bells cannot be placed and are left out."""
    groups: dict[tuple[str, int], list[Wanting]] = defaultdict(list)
    for one in wanting:
        if one.missing > 0 and one.school_id in bells:
            groups[one.subject, one.grade].append(one)
    left = {offer.id: offer.left for offer in offers}
    found: list[Suggestion] = []
    for members in groups.values():
        found += _serve(members, [offer for offer in offers if offer.school_id in bells], left, bells, minutes)
    return sorted(found, key=lambda one: (-one.closes, one.subject, one.grade, str(one.offer)))


def _serve(
    members: list[Wanting], offers: Sequence[Offered], left: dict[UUID, int], bells: Mapping[UUID, Bells], minutes: int
) -> Iterable[Suggestion]:
    open_ones = list(members)
    for offer in offers:
        fitting = [one for one in open_ones if offer.serves(one)]
        while fitting and left[offer.id] > 0:
            group, slots = _gather(offer, fitting, bells, minutes)
            if not group:
                break
            weekly = min(left[offer.id], max(one.missing for one in group))
            left[offer.id] -= weekly
            yield Suggestion(offer.id, offer.subject, group[0].grade, weekly, tuple(group), slots)
            open_ones = [one for one in open_ones if one not in group]
            fitting = [one for one in fitting if one not in group]


def _gather(
    offer: Offered, fitting: Sequence[Wanting], bells: Mapping[UUID, Bells], minutes: int
) -> tuple[list[Wanting], int]:
    group: list[Wanting] = []
    shared: list[Interval] = list(bells[offer.school_id].periods)
    for one in sorted(fitting, key=lambda each: _order(offer, each)):
        narrower = _narrow(shared, bells[one.school_id], minutes)
        if narrower and len(group) < MOST_IN_A_GROUP and one.school_id != offer.school_id:
            group.append(one)
            shared = narrower
    return group, len(shared)


def _order(offer: Offered, one: Wanting) -> tuple[bool, bool, int, str]:
    return one.county_id != offer.county_id, not one.point, -one.missing, str(one.class_id)


def _narrow(shared: Iterable[Interval], bells: Bells, minutes: int) -> list[Interval]:
    both = (overlap(slot, period) for slot in shared for period in bells.periods)
    return [slot for slot in both if slot and slot.minutes >= minutes]
