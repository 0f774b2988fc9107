"""A backup, an erasure after it, and a restore into an empty machine."""

import io
import os
import secrets
import shutil
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import psycopg
import pytest

import songjiao
from admin import numbers, running, seed
from admin.children import holdings
from core.backup.making import stamps
from core.connections import open_connections
from core.errors import StartError
from core.store import Store
from tests.admin.cast import Desk
from tests.house import ROOT

CHILD, OTHER = seed.person("student"), seed.person("520326:岑小燕")
NUMBER = "52232420170412001" + numbers.check_sign("52232420170412001")
OTHERS = "52232420170903002" + numbers.check_sign("52232420170903002")


@pytest.fixture
def empty(services: Any, desk: Desk) -> Iterator[str]:
    """Another database and another bucket: a new machine, as far as the backup can tell. `move` goes there."""
    holdings.offer(songjiao.HOLDINGS)
    with psycopg.connect(services.database("postgres"), autocommit=True) as connection:
        connection.execute("DROP DATABASE IF EXISTS restored WITH (FORCE)")
        connection.execute("CREATE DATABASE restored")
        yield services.database("restored")
        connection.execute("DROP DATABASE restored WITH (FORCE)")


def move(monkeypatch: pytest.MonkeyPatch, url: str) -> None:
    monkeypatch.setenv("SONGJIAO_DATABASE_URL", url)
    monkeypatch.setenv("SONGJIAO_S3_BUCKET", f"restored-{secrets.token_hex(4)}")


async def keep(desk: Desk, store: Store) -> None:
    async with desk.ground.transaction() as session:
        await numbers.keep(session, [(CHILD, "identity", NUMBER), (OTHER, "identity", OTHERS)])
    for name, content in (("lessons/1.mp4", b"a recording" * 200_000), ("slides/页.pdf", b"")):
        await store.put(name, io.BytesIO(content), len(content), "video/mp4")


FIRST = datetime(2026, 11, 21, 18, 0, tzinfo=UTC)
NIGHT_AFTER = FIRST + timedelta(days=1)
STAMP = "20261121T180000Z"


@pytest.fixture
def bucket(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SONGJIAO_S3_BUCKET", f"kept-{secrets.token_hex(4)}")


async def test_an_empty_machine_gets_everything_but_who_was_erased_since(
    desk: Desk, bucket: None, empty: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    async with open_connections() as ground:
        await ground.store.answers()
        await keep(desk, ground.store)
    assert "2 objects" in await running.back_up(tmp_path, 180, FIRST)
    erase = await (await desk("bureau")).post(f"/api/children/{CHILD}/erasure", json={"reason": "监护人申请"})
    assert erase.status_code == 204
    await running.back_up(tmp_path, 180, NIGHT_AFTER)

    move(monkeypatch, empty)
    said = await running.bring_back(tmp_path, STAMP)
    assert said.endswith("all fit; 1 persons erased again.")
    async with open_connections() as ground, ground.transaction() as session:
        assert await numbers.reveal(session, OTHER, "identity") == OTHERS
        assert await numbers.reveal(session, CHILD, "identity") is None
        assert await ground.store.get("lessons/1.mp4") == b"a recording" * 200_000
        assert await ground.store.get("slides/页.pdf") == b""
    with psycopg.connect(empty) as connection:
        names = {row[0] for row in connection.execute("SELECT name FROM people")}
    assert "韦朝阳" not in names
    assert "岑小燕" in names
    with pytest.raises(StartError, match="not empty"):
        await running.bring_back(tmp_path, STAMP)


def files(folder: Path) -> list[Path]:
    return [file for file in folder.rglob("*") if file.is_file()]


async def test_what_lies_in_the_folder_can_be_read_by_nobody_without_the_secret(
    desk: Desk, bucket: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with open_connections() as ground:
        await ground.store.answers()
        await keep(desk, ground.store)
    await running.back_up(tmp_path, 180, FIRST)
    everything = b"".join(file.read_bytes() for file in files(tmp_path))
    for words in (NUMBER, "韦朝阳", "a recording", "lessons/1.mp4", "PGDMP"):
        assert words.encode() not in everything
    monkeypatch.setenv("SONGJIAO_SECRET_KEY", "another secret of some length")
    with pytest.raises(StartError, match="secret"):
        await running.bring_back(tmp_path, None)


async def test_objects_lie_there_once_and_a_backup_whose_time_is_over_loses_its_key(
    desk: Desk, bucket: None, tmp_path: Path
) -> None:
    async with open_connections() as ground:
        await ground.store.answers()
        await keep(desk, ground.store)
    await running.back_up(tmp_path, 180, FIRST)
    objects = {file: file.stat().st_mtime_ns for file in files(tmp_path / "objects")}
    await running.back_up(tmp_path, 180, NIGHT_AFTER)
    assert {file: file.stat().st_mtime_ns for file in objects} == objects
    await running.back_up(tmp_path, 180, FIRST + timedelta(days=180, hours=1))
    assert stamps(tmp_path) == ["20261122T180000Z", "20270520T190000Z"]
    assert not (tmp_path / STAMP).exists()
    with pytest.raises(StartError, match=r"no such backup|key has been destroyed"):
        await running.bring_back(tmp_path, STAMP)
    assert STAMP not in (tmp_path / "keys.book").read_text()


async def test_a_changed_file_is_noticed_before_anything_is_touched(
    desk: Desk, bucket: None, empty: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with open_connections() as ground:
        await ground.store.answers()
    await running.back_up(tmp_path, 180, FIRST)
    file = tmp_path / STAMP / "database"
    content = bytearray(file.read_bytes())
    content[len(content) // 2] ^= 1
    file.write_bytes(content)
    move(monkeypatch, empty)
    with pytest.raises(StartError, match="changed"):
        await running.bring_back(tmp_path, None)
    with psycopg.connect(empty) as connection:
        [(tables,)] = connection.execute("SELECT count(*) FROM pg_tables WHERE schemaname = 'public'").fetchall()
    assert tables == 0


MAKE_HOUSE = """
import asyncio, sys
from pathlib import Path
from admin.first import create_administrator
from core import migrate
from core.backup.ground import standing
from core.connections import open_connections
from core.settings import DatabaseSettings, load

async def fill():
    async with open_connections() as ground, ground.transaction() as session:
        await create_administrator(session, "first", "韦国强", "a long password", "gz")

with standing(Path(sys.argv[1])):
    migrate.upgrade(load(DatabaseSettings).database_url)
    asyncio.run(fill())
"""


def command(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
    """In an environment that names no service, so that the folder's own are started."""
    bare = {name: value for name, value in os.environ.items() if not name.startswith("SONGJIAO_")}
    line = [sys.executable, *[str(one) for one in arguments]]
    return subprocess.run(line, cwd=ROOT, env=bare, capture_output=True, text=True, timeout=100)


def test_a_house_on_one_machine_moves_to_another_by_two_commands(tmp_path: Path) -> None:
    old, new, folder = tmp_path / "old", tmp_path / "new", tmp_path / "backups"
    made = command("-c", MAKE_HOUSE, old)
    assert made.returncode == 0, made.stderr
    saved = command("-m", "songjiao", "backup", folder, "--data", old)
    assert saved.returncode == 0, saved.stderr
    assert "audit entries, all fit" in saved.stdout

    new.mkdir()
    shutil.copy(old / "secret.key", new / "secret.key")
    restored = command("-m", "songjiao", "restore", folder, "--data", new)
    assert restored.returncode == 0, restored.stderr
    assert "1 audit entries, all fit" in restored.stdout
