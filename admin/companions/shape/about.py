"""What a page must know of a register to draw it: columns with their words, states, steps, what the asker may do."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any, Literal
from uuid import UUID

from pydantic import BaseModel
from sqlalchemy import func
from sqlalchemy.ext.asyncio import AsyncSession

from admin.companions.shape.reading import Asked, within
from admin.companions.shape.register import Column, Register
from admin.companions.shape.steps import Step
from admin.who import Actor

Kind = Literal["text", "number", "money", "day", "moment", "yes", "reference", "list"]
KINDS: dict[type[Any], Kind] = {
    str: "text",
    bool: "yes",
    int: "number",
    float: "number",
    Decimal: "money",
    date: "day",
    datetime: "moment",
    UUID: "reference",
    list: "list",
}


class Choice(BaseModel):
    value: str
    zh: str
    en: str


class ColumnAbout(BaseModel):
    name: str
    zh: str
    en: str
    kind: Kind
    choices: list[Choice]


class StepAbout(BaseModel):
    name: str
    zh: str
    en: str
    before: list[str]
    after: str
    reason: bool
    evidence: bool
    may: bool
    """Whether the asker has the right to it somewhere."""
    only_by: str | None
    not_by: list[str]


class About(BaseModel):
    columns: list[ColumnAbout]
    states: list[Choice]
    steps: list[StepAbout]
    creates: bool
    changes: bool
    files: bool
    attaches: bool
    sensitive: bool
    searched: bool


class StateCounts(BaseModel):
    total: int
    states: dict[str, int]


def about(register: Register, who: Actor) -> About:
    writes = bool(who.places(register.write))
    steps = register.machine.steps if register.machine else ()
    return About(
        columns=[_column(column) for column in register.columns],
        states=[Choice(value=value, zh=zh, en=en) for value, (zh, en) in register.named_states.items()],
        steps=[_step(step, who) for step in steps],
        creates=writes and register.new is not None,
        changes=writes and register.change is not None,
        files=register.files,
        attaches=writes and register.files,
        sensitive=register.sensitive,
        searched=any(column.words for column in register.columns),
    )


def _column(column: Column) -> ColumnAbout:
    choices = [Choice(value=value, zh=zh, en=en) for value, (zh, en) in column.choices.items()]
    kind: Kind = "reference" if column.refers else KINDS.get(column.kind, "text")
    return ColumnAbout(name=column.name, zh=column.zh, en=column.en, kind=kind, choices=choices)


def _step(step: Step, who: Actor) -> StepAbout:
    plain: dict[str, Any] = {"name": step.name, "zh": step.zh, "en": step.en, "after": step.after}
    people: dict[str, Any] = {"only_by": step.only_by, "not_by": list(step.not_by)}
    asked = {"reason": step.reason, "evidence": step.evidence, "before": list(step.before)}
    return StepAbout(may=bool(who.places(step.right)), **plain, **people, **asked)


async def counts(session: AsyncSession, register: Register, who: Actor) -> StateCounts:
    """All rows within the asker's places, and by state where there are states: one statement."""
    state = getattr(register.row, "state", None) if register.named_states else None
    query = within(register, who, Asked())
    if state is None:
        total = await session.scalar(query.with_only_columns(func.count(), maintain_column_froms=True))
        return StateCounts(total=total or 0, states={})
    query = query.with_only_columns(state, func.count(), maintain_column_froms=True).group_by(state)
    found = {row[0]: row[1] for row in await session.execute(query)}
    return StateCounts(total=sum(found.values()), states=found)
