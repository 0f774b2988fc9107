"""Bracelets of a house that was there before children had families (migration 0023): rows of 0022 go along."""

import secrets
from collections.abc import Iterator
from typing import Any
from uuid import UUID

import psycopg
import pytest
from alembic import command
from psycopg import Connection
from psycopg.rows import dict_row

from core.embedded import postgres
from core.migrate import configuration

PLACE, POLICE, MOTHER, FATHER = (UUID(int=number) for number in range(1, 5))
BORN = {"王小山": "2018-01-15", "王小水": "2020-03-01", "李四": "2016-05-05"}
CHILDREN = {name: UUID(int=10 + at) for at, name in enumerate(BORN)}
CONSENTS = (
    ("王小山", MOTHER, "2026-01-01 08:00+08", "2026-02-01 08:00+08"),
    ("王小山", MOTHER, "2026-03-01 08:00+08", None),
    ("王小水", MOTHER, "2026-01-02 08:00+08", "2026-01-03 08:00+08"),
    ("李四", MOTHER, "2026-01-04 08:00+08", None),
    ("李四", FATHER, "2026-01-05 08:00+08", None),
)
"""Given, withdrawn, given again; withdrawn for good; and two guardians' at once, which the old table allowed."""


@pytest.fixture
def old(services: Any) -> Iterator[str]:
    """The address of a database at 0022 with three children in it."""
    name = f"old_{secrets.token_hex(6)}"
    postgres.make_database(services.postgres, name)
    command.upgrade(configuration(services.database(name)), "0022")
    with psycopg.connect(services.database(name)) as connection:
        _fill(connection)
    yield services.database(name)
    with psycopg.connect(services.database("postgres"), autocommit=True) as connection:
        connection.execute(f"DROP DATABASE {name} WITH (FORCE)")


def _fill(connection: Connection[Any]) -> None:
    columns = "id, name_zh, name_en, tier, path"
    connection.execute(
        f"INSERT INTO organisations ({columns}) VALUES (%s, '兴义市', 'Xingyi', 'county', %s)", (PLACE, PLACE.hex)
    )
    for person, name in ((POLICE, "警"), (MOTHER, "母"), (FATHER, "父")):
        connection.execute("INSERT INTO people (id, name, language) VALUES (%s, %s, 'zh')", (person, name))
    for name, born in BORN.items():
        connection.execute(
            "INSERT INTO bracelet_children (id, place_id, version, created_by, created_at, name, born, guardian_id)"
            " VALUES (%s, %s, 1, %s, now(), %s, %s, %s)",
            (CHILDREN[name], PLACE, POLICE if name == "王小山" else None, name, born, MOTHER),
        )
    for name, guardian, given, withdrawn in CONSENTS:
        connection.execute(
            "INSERT INTO bracelet_consents (id, child_id, guardian_id, given_at, withdrawn_at)"
            " VALUES (gen_random_uuid(), %s, %s, %s, %s)",
            (CHILDREN[name], guardian, given, withdrawn),
        )


def told(url: str, query: str) -> list[dict[str, Any]]:
    with psycopg.connect(url, row_factory=dict_row) as connection:
        return connection.execute(query).fetchall()


def test_children_of_before_become_persons_with_their_guardian_and_their_consents(old: str) -> None:
    command.upgrade(configuration(old), "head")
    people = told(
        old,
        "SELECT people.name, minors.born::text AS born, role::text, confirmed_by FROM bracelet_children child"
        " JOIN people ON people.id = child.person_id JOIN minors USING (person_id) JOIN roles USING (person_id)"
        " JOIN guardianships family ON family.child_id = person_id AND family.guardian_id = child.guardian_id"
        " WHERE organisation_id = child.place_id",
    )
    assert {one["name"]: one["born"] for one in people} == BORN
    assert {(one["name"], one["role"], one["confirmed_by"]) for one in people} == {
        ("王小山", "student", POLICE),
        ("王小水", "student", MOTHER),
        ("李四", "student", MOTHER),
    }
    consents = told(
        old,
        "SELECT name, count(*) AS given, count(*) FILTER (WHERE withdrawn_at IS NULL) AS standing FROM consents"
        " JOIN people ON people.id = consents.child_id WHERE purpose = 'bracelet' GROUP BY name",
    )
    assert {one["name"]: (one["given"], one["standing"]) for one in consents} == {
        "王小山": (2, 1),
        "王小水": (1, 0),
        "李四": (1, 1),
    }


def test_going_back_gives_each_child_its_consents_again(old: str) -> None:
    command.upgrade(configuration(old), "0023")
    command.downgrade(configuration(old), "0022")
    left = told(old, "SELECT child_id, withdrawn_at IS NULL AS stands FROM bracelet_consents")
    standing = sorted((one["child_id"], one["stands"]) for one in left)
    assert standing == sorted(
        (CHILDREN[name], stands)
        for name, stands in (("王小山", False), ("王小山", True), ("王小水", False), ("李四", True))
    )
