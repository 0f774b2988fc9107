"""The promotion of all grades in September: what becomes of each class. Pure; promoting.py writes it."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal
from uuid import UUID

from admin.roster.grades import Grades, promoted_name

Obstacle = Literal["skipped-years", "grade-outside", "name-clash"]


@dataclass(frozen=True)
class Standing:
    """A class before the promotion."""

    id: UUID
    school_id: UUID
    name: str
    grade: int
    year: int
    room_id: UUID | None
    pupils: int
    version: int
    grades: Grades


@dataclass(frozen=True)
class Step:
    """What becomes of it: one grade up, or (`grade` None) it leaves the school."""

    of: Standing
    name: str
    grade: int | None


@dataclass(frozen=True)
class Refused:
    of: Standing
    why: Obstacle


@dataclass(frozen=True)
class Plan:
    steps: tuple[Step, ...]
    refused: tuple[Refused, ...]

    @property
    def graduating(self) -> tuple[Step, ...]:
        return tuple(step for step in self.steps if step.grade is None)

    @property
    def by_grade(self) -> dict[int, int]:
        """How many classes of each present grade move."""
        return dict(sorted(Counter(step.of.grade for step in self.steps).items()))


def plan(classes: Iterable[Standing], year: int) -> Plan:
    """Into the school year `year`. Classes that are in it already are left out: a second press changes nothing."""
    steps, refused, there = [], [], set()
    for one in classes:
        if one.year >= year:
            there.add((one.school_id, one.name))
            continue
        if one.year != year - 1:
            refused.append(Refused(one, "skipped-years"))
        elif not one.grades.first <= one.grade <= one.grades.last:
            refused.append(Refused(one, "grade-outside"))
        else:
            steps.append(_step(one))
    return _without_clashes(steps, refused, there)


def _step(one: Standing) -> Step:
    if one.grade == one.grades.last:
        return Step(one, one.name, None)
    return Step(one, promoted_name(one.name, one.grade), one.grade + 1)


def _without_clashes(steps: Sequence[Step], refused: list[Refused], there: set[tuple[UUID, str]]) -> Plan:
    """Two classes of a school must not end with one name; what stays, or is `there` already, keeps its own. Refusing
    one may make its old name clash again, so it is asked until nothing changes."""
    kept = list(steps)
    while True:
        staying = there | {(one.of.school_id, one.of.name) for one in refused}
        wanted = Counter((step.of.school_id, step.name) for step in kept if step.grade is not None)
        clashing = [
            step
            for step in kept
            if step.grade is not None
            and (wanted[step.of.school_id, step.name] > 1 or (step.of.school_id, step.name) in staying)
        ]
        if not clashing:
            return Plan(tuple(kept), tuple(refused))
        refused += [Refused(step.of, "name-clash") for step in clashing]
        kept = [step for step in kept if step not in clashing]
