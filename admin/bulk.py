"""Many rows at once, by PostgreSQL's COPY: a whole prefecture in about a second."""

from collections.abc import Iterable, Sequence
from typing import Any

from psycopg import AsyncConnection, sql
from sqlalchemy import Table
from sqlalchemy.ext.asyncio import AsyncSession

from core.database import Base


async def copy_rows(
    session: AsyncSession, model: type[Base], columns: Sequence[str], rows: Iterable[Sequence[Any]]
) -> None:
    """In the session's own transaction; what the session holds unflushed is not seen. Columns left out are null."""
    table: Table = model.__table__  # type: ignore[assignment]  # every model of ours is one table
    command = sql.SQL("COPY {} ({}) FROM STDIN").format(
        sql.Identifier(table.name), sql.SQL(", ").join(map(sql.Identifier, columns))
    )
    raw = await (await session.connection()).get_raw_connection()
    driver = raw.driver_connection
    assert isinstance(driver, AsyncConnection)
    async with driver.cursor() as cursor, cursor.copy(command) as copy:
        for row in rows:
            await copy.write_row(row)
