"""One backup: the database by pg_dump, the objects that no earlier backup has, a manifest, and the key book anew.

    FOLDER/keys.book                    one, replaced each time
    FOLDER/20261122T173000Z/database    the dump without persons' keys, sealed
    FOLDER/20261122T173000Z/manifest    what belongs to it, with digests, sealed
    FOLDER/objects/…                    each object once, sealed, named by name and content

Backups that are older than the days to keep lose their keys first and then their files.
"""

import hashlib
import json
import shutil
import subprocess
import tempfile
from base64 import b64encode
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path

import psycopg

from core.backup import book
from core.backup.book import KeyBook
from core.backup.sealed_files import FRAME, sealed, unsealed
from core.embedded import postgres
from core.errors import StartError
from core.sealing import Sealer
from core.store import Listed, Store

STAMP = "%Y%m%dT%H%M%SZ"
KEYS = "person_keys"
DATABASE, MANIFEST, OBJECTS = "database", "manifest", "objects"


@dataclass(frozen=True)
class Kept:
    """An object of a backup: where its sealed form lies, and what it was."""

    name: str
    file: str
    content_type: str
    size: int


@dataclass(frozen=True)
class Manifest:
    stamp: str
    schema: str
    database_sha256: str
    """Of the sealed file, so that a disk's fault is noticed without any key."""
    objects: list[Kept]


def make(url: str, store: Store, sealer: Sealer, folder: Path, moment: datetime, keep_days: int) -> Manifest:
    """Takes minutes and blocks: for a command. Raises StartError when pg_dump fails or the folder holds another
    house's backups."""
    folder.mkdir(parents=True, exist_ok=True)
    keys = book.read(folder)
    if keys.check and not keys.fits(sealer):
        raise StartError(f"{folder} holds the backups of another house, or the secret is another one.")
    keys.check = book.mark_of(sealer)
    stamp = moment.strftime(STAMP)
    own = folder / stamp
    own.mkdir()
    schema, digest = _database(url, own, keys, sealer)
    objects = _objects(store, folder, keys, sealer)
    made = Manifest(stamp, schema, digest, objects)
    _write(own / MANIFEST, [json.dumps(asdict(made)).encode()], keys.new_file_key(sealer, f"{stamp}/{MANIFEST}"))
    _take_keys(url, keys)
    _retire(folder, keys, sealer, moment - timedelta(days=keep_days))
    keys.save(folder)
    return made


def manifest(folder: Path, keys: KeyBook, sealer: Sealer, stamp: str) -> Manifest:
    """Raises KeyError for a backup that was retired, Unsealable for one that was changed."""
    with (folder / stamp / MANIFEST).open("rb") as file:
        found = json.loads(b"".join(unsealed(keys.file_key(sealer, f"{stamp}/{MANIFEST}"), file)))
    return Manifest(**{**found, "objects": [Kept(**one) for one in found["objects"]]})


def stamps(folder: Path) -> list[str]:
    """The backups in the folder, the oldest first."""
    return sorted(one.name for one in folder.iterdir() if (one / DATABASE).exists())


def _database(url: str, own: Path, keys: KeyBook, sealer: Sealer) -> tuple[str, str]:
    with psycopg.connect(url) as connection:
        row = connection.execute("SELECT version_num FROM alembic_version").fetchone()
    options = ["--format=custom", f"--exclude-table-data={KEYS}", "--no-owner", "--dbname", url]
    with tempfile.TemporaryFile() as said:
        with subprocess.Popen([postgres.tool("pg_dump"), *options], stdout=subprocess.PIPE, stderr=said) as dump:
            assert dump.stdout is not None
            read = partial(dump.stdout.read, FRAME)
            digest = _write(own / DATABASE, iter(read, b""), keys.new_file_key(sealer, f"{own.name}/{DATABASE}"))
        said.seek(0)
        if dump.returncode:
            raise StartError(f"pg_dump failed: {said.read().decode().strip()[-300:]}")
    return str(row[0]) if row else "", digest


def _objects(store: Store, folder: Path, keys: KeyBook, sealer: Sealer) -> list[Kept]:
    (folder / OBJECTS).mkdir(exist_ok=True)
    return [_object(store, one, folder, keys, sealer) for one in store.listed()]


def _object(store: Store, one: Listed, folder: Path, keys: KeyBook, sealer: Sealer) -> Kept:
    """Copied only where no earlier backup has this content under this name."""
    name = hashlib.sha256(f"{one.name}\0{one.mark}\0{one.size}".encode()).hexdigest()
    file = f"{OBJECTS}/{name[:2]}/{name}"
    kept = Kept(one.name, file, store.content_type(one.name), one.size)
    if file not in keys.files or not (folder / file).exists():
        (folder / file).parent.mkdir(exist_ok=True)
        _write(folder / file, store.chunks(one.name), keys.new_file_key(sealer, file))
    return kept


def _take_keys(url: str, keys: KeyBook) -> None:
    with psycopg.connect(url) as connection:
        rows = connection.execute("SELECT person_id::text, wrapped, destroyed_at FROM person_keys").fetchall()
    keys.persons = {person: b64encode(wrapped).decode() if wrapped else None for person, wrapped, _ in rows}
    keys.erased |= {person: gone.isoformat() for person, _, gone in rows if gone}


def _retire(folder: Path, keys: KeyBook, sealer: Sealer, before: datetime) -> None:
    all_there = stamps(folder)
    kept = [stamp for stamp in all_there if stamp >= before.strftime(STAMP)]
    named = {one.file for stamp in kept for one in manifest(folder, keys, sealer, stamp).objects}
    named |= {f"{stamp}/{part}" for stamp in kept for part in (DATABASE, MANIFEST)}
    gone = keys.files.keys() - named
    keys.files = {name: key for name, key in keys.files.items() if name in named}
    keys.save(folder)
    for name in gone:
        (folder / name).unlink(missing_ok=True)
    for stamp in set(all_there) - set(kept):
        shutil.rmtree(folder / stamp)


def _write(path: Path, chunks: Iterable[bytes], key: bytes) -> str:
    """The digest of what was written."""
    digest = hashlib.sha256()
    with path.open("wb") as file:
        for frame in _noted(sealed(key, chunks), digest):
            file.write(frame)
    path.chmod(0o600)
    return digest.hexdigest()


def _noted(frames: Iterable[bytes], digest: "hashlib._Hash") -> Iterator[bytes]:
    for frame in frames:
        digest.update(frame)
        yield frame
