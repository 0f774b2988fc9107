"""Remembers what a step was done with, so that it is done again only when that has changed."""

import hashlib
import json
from collections.abc import Iterable, Iterator
from pathlib import Path


class Stamps:
    """The file lies in the environment: who deletes that starts afresh."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self._known: dict[str, str] = json.loads(file.read_text()) if file.exists() else {}

    def same(self, step: str, found: str) -> bool:
        return self._known.get(step) == found

    def set(self, step: str, found: str) -> None:
        self._known[step] = found
        self._file.write_text(json.dumps(self._known))


def content(paths: Iterable[Path], without: tuple[str, ...] = ()) -> str:
    """A digest of all files at and below `paths`, names included."""
    digest = hashlib.sha256()
    for file in sorted(_files(paths)):
        if file.name not in without:
            digest.update(str(file).encode() + b"\0" + hashlib.sha256(file.read_bytes()).digest())
    return digest.hexdigest()


def _files(paths: Iterable[Path]) -> Iterator[Path]:
    for path in paths:
        if path.is_file():
            yield path
        elif path.is_dir():
            yield from (one for one in path.rglob("*") if one.is_file() and "__pycache__" not in one.parts)
