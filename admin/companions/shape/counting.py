"""Counting a register's rows inside the asker's places: any number of conditions in one statement."""

from sqlalchemy import ColumnElement, func
from sqlalchemy.ext.asyncio import AsyncSession

from admin.companions.shape.reading import Asked, within
from admin.companions.shape.register import Register
from admin.who import Actor


async def counted(
    session: AsyncSession, register: Register, who: Actor, *conditions: ColumnElement[bool]
) -> tuple[int, ...]:
    """How many rows fulfil each condition; without any, how many there are."""
    columns: list[ColumnElement[int]] = [func.count().filter(condition) for condition in conditions] or [func.count()]
    query = within(register, who, Asked()).with_only_columns(*columns, maintain_column_froms=True)
    return tuple((await session.execute(query)).one())
