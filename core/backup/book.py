"""The key book: the only copy of keys that lies beside the backups. There is one, replaced with each backup, so a key
that was destroyed in the house is gone from the book by the next night, and no older backup can bring back what it
sealed. Everything in it is wrapped by the house's master key, which is not in it."""

import json
import os
from base64 import b64decode, b64encode
from dataclasses import asdict, dataclass, field
from pathlib import Path
from uuid import NAMESPACE_URL, UUID, uuid5

from core.sealing import Sealer

NAME = "keys.book"


@dataclass
class KeyBook:
    check: str = ""
    """A blind mark by which a wrong secret is noticed before anything is touched."""
    persons: dict[str, str | None] = field(default_factory=dict)
    """Wrapped key in base64; null for a person who was erased."""
    erased: dict[str, str] = field(default_factory=dict)
    """Person → when."""
    files: dict[str, str] = field(default_factory=dict)
    """Of each sealed file beside the book: its wrapped key."""

    def new_file_key(self, sealer: Sealer, name: str) -> bytes:
        key, wrapped = sealer.new_key(_file_id(name))
        self.files[name] = b64encode(wrapped).decode()
        return key

    def file_key(self, sealer: Sealer, name: str) -> bytes:
        """Raises KeyError for a file whose key is gone, Unsealable with another house's secret."""
        return sealer.unwrap(_file_id(name), b64decode(self.files[name]))

    def fits(self, sealer: Sealer) -> bool:
        return self.check == mark_of(sealer)

    def save(self, folder: Path) -> None:
        """All or nothing: a crash leaves the old book."""
        fresh = folder / f"{NAME}.new"
        with fresh.open("w", encoding="utf-8") as file:
            json.dump(asdict(self), file)
            file.flush()
            os.fsync(file.fileno())
        fresh.chmod(0o600)
        fresh.replace(folder / NAME)


def read(folder: Path) -> KeyBook:
    """An empty book where there is none. Raises ValueError for a file that is none."""
    try:
        return KeyBook(**json.loads((folder / NAME).read_text(encoding="utf-8")))
    except FileNotFoundError:
        return KeyBook()
    except TypeError as error:
        raise ValueError(str(error)) from None


def mark_of(sealer: Sealer) -> str:
    return sealer.blind("key book", "check").hex()


def _file_id(name: str) -> UUID:
    """Keys are bound to the file that they seal, as persons' keys are to the person."""
    return uuid5(NAMESPACE_URL, f"songjiao:backup:{name}")
