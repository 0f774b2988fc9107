"""Making and changing rows: inside the writer's places, by version, on record."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from pydantic import BaseModel
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession
from starlette.requests import Request

from admin.changes import UNIQUE, put, take_turn
from admin.companions.shape.reading import named, reachable, told
from admin.companions.shape.register import Register
from admin.models import Organisation
from admin.who import Actor, not_your_place
from core import audit
from core.clock import now
from core.errors import Conflict
from core.ids import new_id


async def create(
    session: AsyncSession,
    register: Register,
    who: Actor,
    values: Mapping[str, Any],
    request: Request | None = None,
) -> Any:
    """`values` has `place_id` and the row's own columns. Gives the row, written but not committed."""
    place = await session.get(Organisation, values["place_id"])
    if place is None or not who.may(register.write, place.path):
        raise not_your_place()
    row = register.row(id=new_id(), version=1, created_by=who.id, created_at=now(), **values)
    await register.check(session, who, row)
    await _write(session, register, row)
    noted = _noted(register, values)
    await audit.record(
        session, who.id, f"{register.noun}.create", f"{register.noun}:{row.id}", after=noted, request=request
    )
    return row


async def change(
    session: AsyncSession, register: Register, who: Actor, row_id: UUID, body: BaseModel, request: Request | None = None
) -> BaseModel:
    """Only the fields that were sent change. Raises Conflict with `yours` and `theirs` when another was first."""
    row, place = await reachable(session, register, who, row_id, lock=True)
    if not who.may(register.write, await _path(session, row.place_id)):
        raise not_your_place()
    take_turn(row, body, told(register, row, place))
    sent = body.model_dump(exclude_unset=True, exclude={"version"})
    before = put(row, sent)
    with session.no_autoflush:
        await register.check(session, who, row)
    await _write(session, register, row)
    action, object = f"{register.noun}.change", f"{register.noun}:{row.id}"
    was, became = _noted(register, before), _noted(register, sent)
    await audit.record(session, who.id, action, object, before=was, after=became, request=request)
    return told(register, row, place, await named(session, register, [row]))


def _noted(register: Register, values: Mapping[str, Any]) -> dict[str, Any]:
    """A change as the audit log has it: of sensitive rows the fields' names only, because the log forgets nothing."""
    return {"fields": sorted(values)} if register.sensitive else dict(values)


async def _path(session: AsyncSession, place: UUID) -> str:
    return (await session.scalars(select(Organisation.path).where(Organisation.id == place))).one()


async def _write(session: AsyncSession, register: Register, row: Any) -> None:
    try:
        async with session.begin_nested():
            session.add(row)
            await session.flush()
    except IntegrityError as error:
        if getattr(error.orig, "sqlstate", "") != UNIQUE:
            raise
        code, zh, en = register.taken
        raise Conflict(code, zh=zh, en=en) from None
