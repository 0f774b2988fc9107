"""Which consents a signed stack of papers gives. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from admin.children.models import Purpose


@dataclass(frozen=True)
class Pupil:
    """A pupil below fourteen, with the purposes that are agreed to, and those whose last word was a withdrawal."""

    id: UUID
    standing: frozenset[Purpose]
    refused: frozenset[Purpose]


def given(
    pupils: Iterable[Pupil], purposes: Iterable[Purpose], without: frozenset[UUID], again: frozenset[UUID]
) -> list[tuple[UUID, Purpose]]:
    """What is to be written down. A child `without` a paper gets nothing; what stands is not given twice; and what a
    family has withdrawn is only given `again` where the child is named: no sweep over a class undoes a withdrawal."""
    return [
        (pupil.id, purpose)
        for pupil in pupils
        if pupil.id not in without
        for purpose in purposes
        if purpose not in pupil.standing and (purpose not in pupil.refused or pupil.id in again)
    ]
