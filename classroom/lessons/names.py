"""Pupils' names for the lesson's socket. Their tickets carry none, since relays read tickets: a relay knows a child by
an id that says nothing outside the house."""

from collections.abc import Awaitable, Callable
from uuid import UUID

from sqlalchemy import select

from admin.models import Person
from core.database import Sessions


def name_of(sessions: Sessions) -> Callable[[str], Awaitable[str]]:
    """By the id in the ticket; empty for nobody."""

    async def read(person: str) -> str:
        async with sessions() as session:
            return await session.scalar(select(Person.name).where(Person.id == UUID(person))) or ""

    return read
