"""Run by Alembic. The address comes from `core.migrate`; a lock lets several processes start at once."""

from alembic import context
from sqlalchemy import NullPool, create_engine, text

from core.database import Base
from core.migrate import LOCK

url = context.config.get_main_option("sqlalchemy.url") or ""
with create_engine(url, poolclass=NullPool).connect() as connection:
    context.configure(connection=connection, target_metadata=Base.metadata, transactional_ddl=True)
    with context.begin_transaction():
        connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": LOCK})
        context.run_migrations()
    connection.commit()
