"""State machines as tables: which step leads from where to where, by which right, and what it asks for. Pure; the
steps are taken in stepping.py."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from admin.rights import Right
from core.errors import Conflict, NotAllowed, NotValid, Problem


@dataclass(frozen=True)
class Step:
    name: str
    zh: str
    en: str
    before: tuple[str, ...]
    after: str
    right: Right
    needs: tuple[str, ...] = ()
    """Columns that must be filled in."""
    evidence: bool = False
    """At least one file must be there."""
    reason: bool = False
    only_by: str | None = None
    """The column with the one person who may."""
    not_by: tuple[str, ...] = ()
    """Columns with people who may not: four eyes."""


@dataclass(frozen=True)
class Machine:
    first: str
    states: Mapping[str, tuple[str, str]]
    """Each with its Chinese and English words."""
    steps: tuple[Step, ...]

    def possible(self, state: str) -> list[str]:
        return [step.name for step in self.steps if state in step.before]


def refusal(step: Step, state: str, row: Mapping[str, Any], actor: UUID, files: int, reason: str) -> Problem | None:
    """Why this person may not take the step now; None: it may be taken."""
    missing = [name for name in step.needs if row.get(name) in (None, "")]
    if state not in step.before:
        zh, en = f"现在的状态不能“{step.zh}”。", f"“{step.en}” is not possible in this state."
        return Conflict("wrong-state", zh=zh, en=en, state=state)
    if missing:
        zh, en = (
            f"“{step.zh}”之前要先填齐：{'、'.join(missing)}。",
            f"Fill in before “{step.en}”: {', '.join(missing)}.",
        )
        return NotValid("field-missing", zh=zh, en=en, fields=missing)
    if step.evidence and not files:
        zh, en = f"“{step.zh}”需要佐证材料，请先上传。", f"“{step.en}” needs evidence; upload it first."
        return Conflict("evidence-missing", zh=zh, en=en)
    if step.reason and not reason.strip():
        zh, en = f"“{step.zh}”需要写明理由。", f"“{step.en}” needs a reason."
        return NotValid("reason-missing", zh=zh, en=en)
    return _wrong_person(step, row, actor)


def _wrong_person(step: Step, row: Mapping[str, Any], actor: UUID) -> Problem | None:
    if step.only_by and row.get(step.only_by) != actor:
        zh, en = f"“{step.zh}”只能由责任人本人办理。", f"Only the person in charge may “{step.en}”."
        return NotAllowed("only-in-charge", zh=zh, en=en)
    if actor in [row.get(name) for name in step.not_by]:
        zh, en = f"“{step.zh}”要由另一个人办理。", f"“{step.en}” is for another person to do."
        return NotAllowed("four-eyes", zh=zh, en=en)
    return None
