"""The first administrator of a house without the demo: made at the machine, by a command, since nobody can sign in."""

from typing import Literal, get_args

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from admin import seed
from admin.change_schemas import PersonNew, RoleGiven
from admin.changes import write
from admin.models import Assignment, Organisation, Person
from admin.sign_on.password_rules import must_be_good
from core import audit
from core.errors import NotValid, Problem, StartError
from core.ids import new_id
from core.passwords import hash_password

Office = Literal["admin", "security", "auditor"]
OFFICES: tuple[Office, ...] = get_args(Office)


def office(word: str) -> Office:
    """Raises StartError."""
    for one in OFFICES:
        if one == word:
            return one
    raise StartError(f"--role is {word}, but only {', '.join(OFFICES)} are appointed at the machine.")


async def create_administrator(
    session: AsyncSession, username: str, name: str, password: str, place: str, role: Office = "admin"
) -> None:
    """One of the separated offices: security and audit administrators are appointed nowhere else. `place` is a name or
    a key of the seed ("gz" is the province). Loads the real places first. Raises StartError."""
    await seed.load(session)
    query = select(Organisation).where((Organisation.id == seed.place(place)) | (Organisation.name_zh == place))
    found = (await session.scalars(query.order_by(Organisation.tier))).first()
    if found is None:
        raise StartError(f"there is no place called {place}.")
    try:
        given = PersonNew(
            name=name,
            username=username,
            password=password,
            roles=[RoleGiven(role="admin", organisation_id=found.id)],
        )
        must_be_good(password, username, name)
    except NotValid as problem:
        raise StartError(problem.en) from None
    except ValueError as error:
        reasons = "; ".join(f"{one['loc'][-1]}: {one['msg']}" for one in getattr(error, "errors", list)())
        raise StartError(f"the account is not right: {reasons or error}.") from None
    row = Person(id=new_id(), name=given.name, username=given.username, language="zh", version=1)
    row.password = await hash_password(password)
    try:
        await write(session, row)
    except Problem as problem:
        raise StartError(problem.en) from None
    session.add(Assignment(id=new_id(), person_id=row.id, role=role, organisation_id=found.id))
    after = {"username": given.username, "name": given.name, "role": role, "place": found.name_zh}
    await audit.record(session, None, "person.create", f"person:{row.id}", after=after)
