"""Brings a database to the newest schema with Alembic; the steps are in core/migrations/versions."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy import create_engine, inspect, text

from core.database import with_driver

# Any number, the same everywhere: the advisory lock of whoever migrates.
LOCK = 7_310_012


def configuration(url: str) -> Config:
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    config.set_main_option("sqlalchemy.url", with_driver(url).replace("%", "%%"))
    return config


def upgrade(url: str) -> None:
    """Does nothing when the database is at the head already. Raises SQLAlchemy's OperationalError when it is down."""
    if not at_head(url):
        command.upgrade(configuration(url), "head")


def at_head(url: str) -> bool:
    head = ScriptDirectory.from_config(configuration(url)).get_current_head()
    return current(url) == head


def current(url: str) -> str | None:
    engine = create_engine(with_driver(url))
    try:
        with engine.connect() as connection:
            if not inspect(connection).has_table("alembic_version"):
                return None
            return connection.execute(text("SELECT version_num FROM alembic_version")).scalar()
    finally:
        engine.dispose()
