"""The key of each person, wrapped, in one table; see sealing.py for what is sealed and how.

A key is made at the first need. `destroy` leaves a tombstone: the person's number with the moment, no key. Tombstones
go with every copy of the table, so that whoever restores an old backup knows whom to erase again.
"""

from collections.abc import Iterable
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import LargeBinary, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from core.database import Base, Moment
from core.sealing import Sealer, Unsealable, seal_json, unseal_json

SEALER = "sealer"
"""Under this name a session carries the house's sealer (core/database.py, `session_maker`)."""


class PersonKey(Base):
    """No foreign key to any table of people: a tombstone outlives its person."""

    __tablename__ = "person_keys"

    person_id: Mapped[UUID] = mapped_column(primary_key=True)
    wrapped: Mapped[bytes | None] = mapped_column(LargeBinary)
    destroyed_at: Mapped[Moment | None]


class Erased(Unsealable):
    """The person's key was destroyed."""


def sealer_of(session: AsyncSession) -> Sealer:
    """Raises RuntimeError in a session that was opened without the house's secret."""
    sealer = session.info.get(SEALER)
    if not isinstance(sealer, Sealer):
        raise RuntimeError("this session has no sealer; open it through core/connections.py")
    return sealer


async def key_of(session: AsyncSession, person: UUID) -> bytes:
    """The person's key, made where there is none. Raises Erased."""
    return (await keys_of(session, [person]))[person]


async def keys_of(session: AsyncSession, persons: Iterable[UUID]) -> dict[UUID, bytes]:
    """The same for many in two statements. Raises Erased when one of them was erased."""
    sealer, wanted = sealer_of(session), set(persons)
    known = await _wrapped(session, wanted)
    made = {person: sealer.new_key(person) for person in wanted - known.keys()}
    if made:
        rows = [{"person_id": person, "wrapped": wrapped} for person, (_, wrapped) in made.items()]
        await session.execute(insert(PersonKey).on_conflict_do_nothing(), rows)
        known |= await _wrapped(session, made)  # another transaction may have been first
    if gone := [person for person, wrapped in known.items() if wrapped is None]:
        raise Erased(f"erased: {gone[0]}")
    return {person: sealer.unwrap(person, wrapped) for person, wrapped in known.items() if wrapped}


async def open_key(session: AsyncSession, person: UUID) -> bytes | None:
    """The key for reading: None where it was destroyed or never made."""
    wrapped = (await _wrapped(session, [person])).get(person)
    return sealer_of(session).unwrap(person, wrapped) if wrapped else None


async def seal_value(session: AsyncSession, person: UUID, purpose: str, value: Any) -> str:
    """`value` is anything of JSON. Raises Erased."""
    return seal_json(await key_of(session, person), value, _purpose(person, purpose))


async def open_value(session: AsyncSession, person: UUID, purpose: str, sealed: str) -> Any:
    """None when the person was erased. Raises Unsealable when the value is not the person's."""
    key = await open_key(session, person)
    return None if key is None else unseal_json(key, sealed, _purpose(person, purpose))


async def destroy(session: AsyncSession, person: UUID, moment: datetime) -> None:
    """What was sealed for the person is unreadable from the commit on, in this database and in every copy of it that is
    read with this table. A second time changes nothing."""
    gone = {"wrapped": None, "destroyed_at": moment}
    row = insert(PersonKey).values(person_id=person, **gone)
    await session.execute(
        row.on_conflict_do_update(
            index_elements=[PersonKey.person_id], set_=gone, where=PersonKey.destroyed_at.is_(None)
        )
    )


async def tombstones(session: AsyncSession) -> list[UUID]:
    return list(await session.scalars(select(PersonKey.person_id).where(PersonKey.destroyed_at.is_not(None))))


async def _wrapped(session: AsyncSession, persons: Iterable[UUID]) -> dict[UUID, bytes | None]:
    query = select(PersonKey.person_id, PersonKey.wrapped).where(PersonKey.person_id.in_(list(persons)))
    return {row.person_id: row.wrapped for row in await session.execute(query)}


def _purpose(person: UUID, purpose: str) -> str:
    return f"{purpose} of {person}"
