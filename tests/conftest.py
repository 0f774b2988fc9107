"""Real services for every test: embedded PostgreSQL, Valkey and S3, on free ports, in a temporary folder."""

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import Any

import psycopg
import pytest
import structlog
from argon2 import PasswordHasher
from playwright.sync_api import Browser, sync_playwright
from xdist.scheduler import LoadScopeScheduling

from core import migrate, passwords
from core.embedded import postgres
from core.embedded.services import plan, prepare
from tests.house import House, running

TEMPLATE = "songjiao_template"
ADDRESSES = ("SONGJIAO_DATABASE_URL", "SONGJIAO_REDIS_URL", "SONGJIAO_S3_ENDPOINT")
SECRET = "a secret for tests only"
MEMORY, ROOM = Path("/dev/shm"), 2 * 2**30
JOURNEYS = ("tests/journeys/", "tests/classroom/demo/")
ENDING = "tests/journeys/test_recording.py"
OWN_HOUSES = ("tests/test_run.py", "tests/test_secure.py", "tests/test_compose.py", "tests/classroom/cascade/")
CHROMIUM_FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--use-fake-device-for-media-stream",
    "--use-fake-ui-for-media-stream",
    "--allow-loopback-in-peer-connection",
]
numbers = count(1)


class OneHouse(LoadScopeScheduling):  # type: ignore[misc]  # xdist has no types
    """Shares the tests between the workers by file, since a file's fixtures are for the file.

    Those with the shared house and a browser go to one worker: two browsers at once would wait for each other's
    pictures.
    """

    def _split_scope(self, nodeid: str) -> str:
        file = nodeid.split("::")[0]
        return "house" if file.startswith(JOURNEYS) else file


@pytest.hookimpl
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> OneHouse:
    return OneHouse(config, log)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The journeys first, since they take longest; then, on the other worker, the files that start a house of their
    own. Of the journeys those first that end the demo lesson: one of half an hour would be filmed for minutes."""

    def place(item: pytest.Item) -> tuple[bool, ...]:
        name = item.nodeid
        return not name.startswith(JOURNEYS), not name.startswith(ENDING), not name.startswith(OWN_HOUSES)

    items.sort(key=place)


@dataclass(frozen=True)
class RunningServices:
    environment: dict[str, str]
    postgres: Path

    def database(self, name: str) -> str:
        return postgres.url(self.postgres, name)


@pytest.fixture(scope="session", autouse=True)
def quick_passwords() -> Iterator[None]:
    """Argon2 at its least cost in the tests' own process; a house under test has it whole."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(passwords, "_argon2", PasswordHasher(time_cost=1, memory_cost=64, parallelism=1))
        yield


@pytest.fixture(scope="session", autouse=True)
def plain_tracebacks() -> None:
    """A traceback in colours, with source and variables, takes 0.3 s to draw; in passing tests nobody sees it."""
    drawn = structlog.dev.ConsoleRenderer(exception_formatter=structlog.dev.plain_traceback)
    structlog.configure(processors=[structlog.contextvars.merge_contextvars, structlog.stdlib.add_log_level, drawn])


@pytest.fixture(scope="session")
def quick_folder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """In memory where there is room: a copied database is 1,300 small files, 0.3 s on a disk and 0.02 s there."""
    if MEMORY.is_dir() and shutil.disk_usage(MEMORY).free > ROOM:
        with tempfile.TemporaryDirectory(dir=MEMORY, prefix="songjiao-tests-") as folder:
            yield Path(folder)
    else:
        yield tmp_path_factory.mktemp("services")


@pytest.fixture(scope="session")
def services(quick_folder: Path) -> Iterator[RunningServices]:
    """All three running, and a migrated database to copy. Set variables of real servers are left aside."""
    with pytest.MonkeyPatch.context() as patch:
        for name in ADDRESSES:
            patch.delenv(name, raising=False)
        planned = plan(quick_folder)
    prepare(planned)
    logs = {one.name: quick_folder / f"{one.name}.log" for one in planned.programs}
    running = [(one, one.start(logs[one.name])) for one in planned.programs]
    try:
        for program, process in running:
            program.wait(process, logs[program.name])
        _forget_safety(postgres.url(quick_folder / "postgres", "postgres"))
        postgres.make_database(quick_folder / "postgres", TEMPLATE)
        migrate.upgrade(postgres.url(quick_folder / "postgres", TEMPLATE))
        yield RunningServices(planned.environment, quick_folder / "postgres")
    finally:
        for program, process in running:
            process.send_signal(program.stop)
        for program, process in running:
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
            program.ended()


def _forget_safety(url: str) -> None:
    """Nothing of this server outlives the tests, and a copied database need not reach the disk."""
    with psycopg.connect(url, autocommit=True) as connection:
        for setting in ("fsync", "full_page_writes", "synchronous_commit"):
            connection.execute(f"ALTER SYSTEM SET {setting} = off")
        connection.execute("SELECT pg_reload_conf()")


@pytest.fixture
def database_url(services: RunningServices) -> Iterator[str]:
    """A fresh migrated database of the test's own (a copy takes 30 ms)."""
    name = f"test_{os.getpid()}_{next(numbers)}"
    with psycopg.connect(services.database("postgres"), autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name} TEMPLATE {TEMPLATE} STRATEGY FILE_COPY")
    yield services.database(name)
    with psycopg.connect(services.database("postgres"), autocommit=True) as connection:
        connection.execute(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture
def redis_url(services: RunningServices) -> str:
    """An emptied Valkey of the test's own: database 1, while the house under test uses 0."""
    import redis

    url = services.environment["SONGJIAO_REDIS_URL"].removesuffix("/0") + "/1"
    with redis.Redis.from_url(url) as client:
        # what the test before has sent and Valkey has not read yet would be written after the emptying
        for one in client.client_list():
            if one["db"] == "1" and int(one["id"]) != client.client_id():
                client.client_kill_filter(_id=one["id"])
        client.flushdb()
    return url


@pytest.fixture
def environment(
    services: RunningServices, database_url: str, redis_url: str, monkeypatch: pytest.MonkeyPatch
) -> dict[str, str]:
    """The SONGJIAO_ variables of the test's own services and a secret, set in this process too."""
    values = {
        **services.environment,
        "SONGJIAO_DATABASE_URL": database_url,
        "SONGJIAO_REDIS_URL": redis_url,
        "SONGJIAO_SECRET_KEY": SECRET,
    }
    for name, value in values.items():
        monkeypatch.setenv(name, value)
    return values


@pytest.fixture(scope="session")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """The whole system with its demo, answering on all parts; shared by all tests of the session."""
    with running(tmp_path_factory.mktemp("house"), "--demo") as started:
        yield started


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    """Debian's Chromium with a fake camera and microphone; nothing of it asks any outside host.

    Not for the session: while Playwright's loop is there, no other test may run one.
    """
    path = shutil.which("chromium")
    assert path, "chromium is missing; `make test` installs it"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, headless=True, args=CHROMIUM_FLAGS)
        yield browser
        browser.close()
