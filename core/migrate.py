"""Brings a database to the newest schema with Alembic; the steps are in core/migrations/versions."""

from pathlib import Path

from alembic import command
from alembic.config import Config

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
    command.upgrade(configuration(url), "head")
