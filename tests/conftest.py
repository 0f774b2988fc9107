"""Real services for every test: embedded PostgreSQL, Valkey and S3, on free ports, in a temporary folder."""

import os
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import Any

import psycopg
import pytest
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
JOURNEYS = ("tests/journeys/", "tests/classroom/demo/")
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
    own."""
    items.sort(key=lambda item: (not item.nodeid.startswith(JOURNEYS), not item.nodeid.startswith(OWN_HOUSES)))


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


@pytest.fixture(scope="session")
def services(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningServices]:
    """All three running, and a migrated database to copy. Set variables of real servers are left aside."""
    data = tmp_path_factory.mktemp("services")
    with pytest.MonkeyPatch.context() as patch:
        for name in ADDRESSES:
            patch.delenv(name, raising=False)
        planned = plan(data)
    prepare(planned)
    logs = {one.name: data / f"{one.name}.log" for one in planned.programs}
    running = [(one, one.start(logs[one.name])) for one in planned.programs]
    try:
        for program, process in running:
            program.wait(process, logs[program.name])
        _forget_safety(postgres.url(data / "postgres", "postgres"))
        postgres.make_database(data / "postgres", TEMPLATE)
        migrate.upgrade(postgres.url(data / "postgres", TEMPLATE))
        yield RunningServices(planned.environment, data / "postgres")
    finally:
        for program, process in running:
            process.send_signal(program.stop)
        for _, process in running:
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                process.kill()


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
