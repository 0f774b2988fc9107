"""What a database says of itself, asked without SQLAlchemy and Alembic.

A second start must not load those to learn that there is nothing to do. The table `house_notes` holds words about the
whole house, such as which demo data it has.
"""

import re
from dataclasses import dataclass
from pathlib import Path
from typing import LiteralString

import psycopg
from psycopg.errors import UndefinedTable

VERSIONS = Path(__file__).parent / "migrations" / "versions"
REVISION = re.compile(r"^(revision|down_revision)\b[^=]*= *[\"'](\w+)[\"']", re.MULTILINE)
DEMO = "demo"


@dataclass(frozen=True)
class Notes:
    """`schema` is the database's revision, `demo` the version of its demo data; None where there is none."""

    schema: str | None
    demo: str | None


def read(url: str) -> Notes:
    """Raises psycopg.OperationalError when the database does not answer."""
    with psycopg.connect(url, autocommit=True, connect_timeout=5) as connection:
        schema = _first(connection, "SELECT version_num FROM alembic_version")
        return Notes(schema, _first(connection, "SELECT value FROM house_notes WHERE key = 'demo'"))


def newest_schema() -> str:
    """The revision that no other step stands on."""
    steps = [dict(REVISION.findall(file.read_text(encoding="utf-8"))) for file in VERSIONS.glob("*.py")]
    below = {step.get("down_revision") for step in steps}
    newest: list[str] = [step["revision"] for step in steps if step["revision"] not in below]
    return newest[0]


def _first(connection: "psycopg.Connection[tuple[str]]", question: LiteralString) -> str | None:
    try:
        found = connection.execute(question).fetchone()
    except UndefinedTable:
        return None
    return str(found[0]) if found else None
