"""开齐率 and 开足率 of a school, and the lessons that it lacks. Pure; the formulas are the project's own.

开齐率 = subjects taught at least once a week by a qualified teacher, or delivered ÷ subjects required for the grades
present. 开足率 = Σ min(taught, required) ÷ Σ required, over classes and subjects. Both are told with numerator and
denominator; a school without classes has neither.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from scheduling.needs.quotas import Quota


@dataclass(frozen=True)
class Rate:
    of: int
    all: int

    @property
    def value(self) -> float | None:
        return self.of / self.all if self.all else None


@dataclass(frozen=True)
class Taught:
    """What a class has each week. `own` counts lessons of qualified teachers; a correction by the school prevails."""

    class_id: UUID
    grade: int
    own: Mapping[str, int]
    delivered: Mapping[str, int]
    corrected: Mapping[str, int]

    def lessons(self, subject: str) -> int:
        return self.corrected.get(subject, self.own.get(subject, 0)) + self.delivered.get(subject, 0)


@dataclass(frozen=True)
class Lack:
    class_id: UUID
    grade: int
    subject: str
    required: int
    taught: int

    @property
    def missing(self) -> int:
        return self.required - self.taught


@dataclass(frozen=True)
class Needs:
    offered: Rate
    """开齐率"""
    full: Rate
    """开足率"""
    supplied: Rate
    """专递供给率: delivered lessons ÷ lessons that the school itself cannot give."""
    lacks: tuple[Lack, ...]


def needs(classes: Sequence[Taught], quotas: Mapping[int, Quota]) -> Needs:
    """`quotas` by grade; a grade without one requires nothing."""
    lines = [(one, subject, required) for one in classes for subject, required in quotas.get(one.grade, {}).items()]
    subjects = {subject for _, subject, required in lines if required}
    offered = {subject for one, subject, required in lines if required and one.lessons(subject)}
    given = sum(min(one.lessons(subject), required) for one, subject, required in lines)
    return Needs(
        Rate(len(offered), len(subjects)),
        Rate(given, sum(required for _, _, required in lines)),
        _supplied(lines),
        tuple(_lacks(lines)),
    )


def _supplied(lines: Iterable[tuple[Taught, str, int]]) -> Rate:
    deficit = delivered = 0
    for one, subject, required in lines:
        own = one.corrected.get(subject, one.own.get(subject, 0))
        lacking = max(required - own, 0)
        deficit += lacking
        delivered += min(one.delivered.get(subject, 0), lacking)
    return Rate(delivered, deficit)


def _lacks(lines: Iterable[tuple[Taught, str, int]]) -> Iterable[Lack]:
    for one, subject, required in lines:
        if one.lessons(subject) < required:
            yield Lack(one.class_id, one.grade, subject, required, one.lessons(subject))
