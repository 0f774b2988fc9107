"""A child that another office registers: found among its guardian's children, or made with them."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from admin.changes import write
from admin.children.models import Guardianship, Minor
from admin.models import Assignment, Person
from admin.who import Actor
from core.errors import NotValid
from core.ids import new_id

RELATION = "监护人"


@dataclass(frozen=True)
class Family:
    guardian: UUID
    name: str
    born: date
    place: UUID
    """Where the child lives: whoever keeps children's files there keeps this one too."""


async def child_of(session: AsyncSession, who: Actor, family: Family, moment: datetime) -> UUID:
    """The person. `who` confirms the guardian of a child that is not known yet. Raises NotValid."""
    role = select(Assignment.id).where(Assignment.person_id == family.guardian, Assignment.role == "guardian")
    if await session.scalar(role.limit(1)) is None:
        raise NotValid("guardian-unknown", zh="没有这个监护人账号。", en="There is no such guardian.")
    return await _known(session, family) or await _made(session, who, family, moment)


async def _known(session: AsyncSession, family: Family) -> UUID | None:
    query = select(Person.id).join(Minor, Minor.person_id == Person.id)
    query = query.join(Guardianship, Guardianship.child_id == Person.id)
    query = query.where(Guardianship.guardian_id == family.guardian, Guardianship.ended_at.is_(None))
    return await session.scalar(query.where(Person.name == family.name, Minor.born == family.born).limit(1))


async def _made(session: AsyncSession, who: Actor, family: Family, moment: datetime) -> UUID:
    """Without a name to sign in by."""
    person = Person(id=new_id(), name=family.name)
    await write(session, person)
    session.add(Minor(person_id=person.id, born=family.born))
    session.add(Assignment(person_id=person.id, role="student", organisation_id=family.place))
    pair = Guardianship(id=new_id(), guardian_id=family.guardian, child_id=person.id, relation=RELATION)
    pair.confirmed_by, pair.since, pair.ended_at = who.id, moment, None
    session.add(pair)
    return person.id
