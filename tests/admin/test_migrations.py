from typing import Any

from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import create_engine, text

import admin.auditing.models
import admin.children.models
import admin.companions.modules  # its modules' tables join the metadata
import admin.models
import admin.notices.models
import admin.numbers
import admin.roster.intake.models
import admin.roster.models
import admin.sign_on.models
import admin.start.models
import admin.tickets.models  # noqa: F401  # its tables join the metadata
import classroom.invitations.models
import classroom.ledger.models  # its tables join the metadata
import classroom.lessons.models
import classroom.line_tests.models
import classroom.reports.models  # noqa: F401  # its tables join the metadata
import resources.models
import resources.reader_models  # noqa: F401  # its tables join the metadata
import scheduling.calendar.models
import scheduling.needs.models
import scheduling.plan.models
import scheduling.timetable.models  # noqa: F401  # its tables join the metadata
from core.database import Base, with_driver


def test_the_migrations_make_the_tables_that_the_code_expects(database_url: str) -> None:
    engine = create_engine(with_driver(database_url))
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, Base.metadata) == []
    engine.dispose()


def test_every_enumeration_has_the_same_values_in_the_database_and_in_the_code(database_url: str) -> None:
    expected = {column.type.name: list(column.type.enums) for column in _enumerations()}
    engine = create_engine(with_driver(database_url))
    with engine.connect() as connection:
        query = "SELECT t.typname, array_agg(e.enumlabel::text ORDER BY e.enumsortorder) FROM pg_enum e"
        rows = connection.execute(text(f"{query} JOIN pg_type t ON t.oid = e.enumtypid GROUP BY 1"))
        assert {row[0]: list(row[1]) for row in rows} == expected
    engine.dispose()


def _enumerations() -> list[Any]:
    columns = [column for table in Base.metadata.tables.values() for column in table.columns]
    return [column for column in columns if hasattr(column.type, "enums")]
