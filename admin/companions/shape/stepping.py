"""Taking a step of a state machine: the row is locked, the rules are asked, the history and the audit are written."""

from dataclasses import replace
from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from pydantic import BaseModel, Field, StringConstraints
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession
from starlette.requests import Request

from admin.change_schemas import Version
from admin.changes import take_turn
from admin.companions.shape.models import KeptFile, StepTaken
from admin.companions.shape.reading import named, reachable, told
from admin.companions.shape.register import Register
from admin.companions.shape.steps import Step, refusal
from admin.models import Person
from admin.schemas import Given, Named
from admin.who import Actor
from core import audit
from core.clock import now

Reason = Annotated[str, StringConstraints(strip_whitespace=True, max_length=500, pattern=r"^[^\x00]*$")]


class StepBody(Given):
    version: Version
    reason: Reason = Field(default="")


async def take(
    session: AsyncSession,
    register: Register,
    step: Step,
    who: Actor,
    row_id: UUID,
    body: StepBody,
    request: Request | None = None,
) -> BaseModel:
    """Raises what `steps.refusal` says. Whose right to the step does not reach the row does not find it."""
    row, place = await reachable(session, replace(register, read=step.right), who, row_id, lock=True)
    values = {column.key: getattr(row, column.key) for column in register.row.__table__.columns}
    if (problem := refusal(step, row.state, values, who.id, await files_of(session, row.id), body.reason)) is not None:
        raise problem
    take_turn(row, body, told(register, row, place))
    await note(session, row, step.name, step.after, who.id, body.reason)
    after = {"state": row.state, "reason": body.reason}
    action, object = f"{register.noun}.{step.name}", f"{register.noun}:{row.id}"
    await audit.record(session, who.id, action, object, after=after, request=request)
    await session.flush()
    return told(register, row, place, await named(session, register, [row]))


async def note(session: AsyncSession, row: Any, step: str, after: str, by: UUID, reason: str = "") -> None:
    taken = StepTaken(row_id=row.id, step=step, before=row.state, after=after, reason=reason, by=by, at=now())
    session.add(taken)
    row.state = after


async def files_of(session: AsyncSession, row_id: UUID) -> int:
    return await session.scalar(select(func.count()).where(KeptFile.row_id == row_id)) or 0


class StepOut(BaseModel):
    step: str
    before: str
    after: str
    reason: str
    by: Named
    at: datetime


async def history(session: AsyncSession, row_id: UUID) -> list[StepOut]:
    query = select(StepTaken, Person.name).join(Person, Person.id == StepTaken.by).where(StepTaken.row_id == row_id)
    rows = await session.execute(query.order_by(StepTaken.at, StepTaken.id))
    return [_taken(step, name) for step, name in rows]


def _taken(taken: StepTaken, name: str) -> StepOut:
    by = Named(id=taken.by, name=name)
    plain = {"before": taken.before, "after": taken.after, "reason": taken.reason, "at": taken.at}
    return StepOut.model_validate({"step": taken.step, "by": by, **plain})
