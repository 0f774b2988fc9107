"""A backup into an empty machine: nothing is touched before secret, digests and keys have been looked at, and nothing
that is there is overwritten."""

import asyncio
import hashlib
import subprocess
import tempfile
from base64 import b64decode
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import psycopg

from core.backup import book
from core.backup.book import KeyBook
from core.backup.making import DATABASE, Kept, Manifest, manifest, stamps
from core.backup.sealed_files import FRAME, unsealed
from core.embedded import postgres
from core.errors import StartError
from core.sealing import Sealer, Unsealable
from core.store import Store


@dataclass(frozen=True)
class Opened:
    """A backup whose keys open."""

    folder: Path
    keys: KeyBook
    manifest: Manifest


def open_backup(folder: Path, sealer: Sealer, stamp: str | None = None) -> Opened:
    """The newest without a stamp. Raises StartError, in a sentence that says what is wrong with it."""
    try:
        keys = book.read(folder)
        chosen = stamp or stamps(folder)[-1]
        if not keys.fits(sealer):
            raise StartError("the secret is not the one with which these backups were made; set SONGJIAO_SECRET_KEY.")
        found = manifest(folder, keys, sealer, chosen)
    except (OSError, IndexError):
        raise StartError(f"there is no such backup in {folder}.") from None
    except KeyError:
        raise StartError("this backup's time is over: its key has been destroyed.") from None
    except (ValueError, Unsealable) as error:
        raise StartError(f"the backup cannot be read: {error}.") from None
    if _digest(folder / chosen / DATABASE) != found.database_sha256:
        raise StartError("the backup's database file was changed after it was written.")
    return Opened(folder, keys, found)


async def restore(opened: Opened, url: str, store: Store, sealer: Sealer) -> None:
    """Database, keys as they stand in the book today, objects. Raises StartError for a database that is not empty. The
    caller then erases again whom the tombstones name, and verifies the audit chain."""
    await asyncio.to_thread(_must_be_empty, url)
    await asyncio.to_thread(_database, opened, url, sealer)
    await asyncio.to_thread(_keys, opened.keys, url)
    await store.answers()
    for kept in opened.manifest.objects:
        await _object(opened, kept, store, sealer)


def _must_be_empty(url: str) -> None:
    with psycopg.connect(url) as connection:
        row = connection.execute("SELECT count(*) FROM pg_tables WHERE schemaname = 'public'").fetchone()
    if row and row[0]:
        raise StartError("the database is not empty; restore into a new one, and nothing is overwritten.")


def _database(opened: Opened, url: str, sealer: Sealer) -> None:
    name = f"{opened.manifest.stamp}/{DATABASE}"
    command = [postgres.tool("pg_restore"), "--exit-on-error", "--no-owner", "--dbname", url]
    with tempfile.TemporaryFile() as said, subprocess.Popen(command, stdin=subprocess.PIPE, stderr=said) as into:
        assert into.stdin is not None
        try:
            for chunk in _plain(opened, name, sealer):
                into.stdin.write(chunk)
            into.stdin.close()
        except BrokenPipeError:
            pass  # its own words, below, say why it stopped
        into.wait()
        said.seek(0)
        if into.returncode:
            raise StartError(f"pg_restore failed: {said.read().decode().strip()[-300:]}")


def _keys(keys: KeyBook, url: str) -> None:
    """Whoever was erased since the backup has a tombstone in the book, and no key."""
    persons = keys.persons | dict.fromkeys(keys.erased)
    rows = [(person, b64decode(key) if key else None, keys.erased.get(person)) for person, key in persons.items()]
    statement = "COPY person_keys (person_id, wrapped, destroyed_at) FROM STDIN"
    with psycopg.connect(url) as connection, connection.cursor() as cursor, cursor.copy(statement) as copy:
        for row in rows:
            copy.write_row(row)


async def _object(opened: Opened, kept: Kept, store: Store, sealer: Sealer) -> None:
    with tempfile.NamedTemporaryFile() as file:
        for chunk in _plain(opened, kept.file, sealer):
            file.write(chunk)
        file.flush()
        await store.put_file(kept.name, Path(file.name), kept.content_type)


def _plain(opened: Opened, name: str, sealer: Sealer) -> Iterator[bytes]:
    with (opened.folder / name).open("rb") as source:
        yield from unsealed(opened.keys.file_key(sealer, name), source)


def _digest(path: Path) -> str:
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while block := file.read(FRAME):
            digest.update(block)
    return digest.hexdigest()
