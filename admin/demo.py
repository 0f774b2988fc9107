"""The demo's invented townships, schools, teaching points and people, and the accounts that one can sign in with."""

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from admin import seed
from admin.children import demo as families
from admin.models import Assignment, Person, Pupil, Room, SchoolClass
from admin.rights import Role
from admin.roster.grades import begins, school_year
from admin.roster.models import Enrolment
from admin.today import today
from core.passwords import hash_password

PASSWORD = "songjiao-demo"  # noqa: S105  # printed on purpose


@dataclass(frozen=True)
class Account:
    """How to sign in: `username` and `secret` are name and password, or, with a class code, name and PIN."""

    username: str
    secret: str
    name: str
    role: Role
    class_code: str | None = None


async def load(session: AsyncSession) -> list[Account]:
    """Loading again changes nothing, forgotten or changed passwords included."""
    await seed.load(session)
    await seed.add_places(session, seed.rows("demo_places.csv"))
    await _rooms(session)
    accounts = await _people(session)
    pupils = await _pupils(session)
    await families.load(session)
    return [*accounts, *pupils]


async def _rooms(session: AsyncSession) -> None:
    lines = seed.rows("demo_rooms.csv")
    rooms = [
        {"id": seed.room(line["key"]), "school_id": seed.place(line["school"]), "name": line["name"]}
        | {"kind": line["kind"], "key": line["key"]}
        for line in lines
    ]
    await seed.add(session, Room, rooms)


async def _people(session: AsyncSession) -> list[Account]:
    lines = seed.rows("demo_people.csv")
    known = set((await session.scalars(select(Person.id))).all())
    people, roles = [], []
    hashed = await hash_password(PASSWORD)
    for line in lines:
        own = seed.person(line["username"])
        if own not in known:
            password = hashed if line["sign_in"] == "yes" else None
            room = seed.room(line["room"]) if line["room"] else None
            person = {"id": own, "username": line["username"], "name": line["name"], "password": password}
            people.append(person | {"room_id": room, "language": "zh", "demo": True})
        role = {"id": seed.id_of("role", line["username"]), "person_id": own, "role": line["role"]}
        roles.append(role | {"organisation_id": seed.place(line["place"])})
    await seed.add(session, Person, people)
    await seed.add(session, Assignment, roles)
    return [_account(line) for line in lines if line["sign_in"] == "yes"]


def _account(line: dict[str, str]) -> Account:
    role: Role = line["role"]  # type: ignore[assignment]  # the table's own words, checked by the database
    return Account(line["username"], PASSWORD, line["name"], role)


async def _pupils(session: AsyncSession) -> list[Account]:
    lines = seed.rows("demo_pupils.csv")
    classes = {line["class_code"]: line for line in lines}
    await seed.add(session, SchoolClass, [_class(line) for line in classes.values()])
    known = set((await session.scalars(select(Pupil.person_id))).all())
    for line in lines:
        own = seed.person(line["username"] or f"{line['class_code']}:{line['name']}")
        if own in known:
            continue
        await seed.add(session, Person, [{"id": own, "name": line["name"], "language": "zh", "demo": True}])
        role = {"id": seed.id_of("role", str(own)), "person_id": own, "role": "student"}
        await seed.add(session, Assignment, [role | {"organisation_id": seed.place(line["school"])}])
        pin = await hash_password(line["pin"])
        pupil = {
            "person_id": own,
            "class_id": seed.id_of("class", line["class_code"]),
            "name": line["name"],
            "pin": pin,
        }
        await seed.add(session, Pupil, [pupil])
        year = {"id": seed.id_of("enrolment", str(own)), "person_id": own, "class_id": pupil["class_id"], "note": ""}
        await seed.add(session, Enrolment, [year | {"since": begins(school_year(today()))}])
    return [Account(line["name"], line["pin"], line["name"], "student", line["class_code"]) for line in lines]


def _class(line: dict[str, str]) -> dict[str, object]:
    return {
        "id": seed.id_of("class", line["class_code"]),
        "school_id": seed.place(line["school"]),
        "room_id": seed.room(line["room"]),
        "name": line["class_name"],
        "grade": int(line["grade"]),
        "code": line["class_code"],
    }
