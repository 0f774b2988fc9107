"""Legs' totals that nobody has taken yet, kept in a file of the relay's own: a control plane that is away for an hour
gets them when it is back. Telling one twice does no harm, since its id is the key and its totals only grow."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Any

from classroom.cascade.registry import LegNow

MOST = 5_000
"""Legs; beyond it the oldest is given up and counted. Writing them takes a few milliseconds."""
FILE = "relay-ledger.json"


@dataclass(frozen=True)
class Entry:
    """One leg as the ledger has it: who pulled it, and its totals until now."""

    child: str
    tier: str
    leg: LegNow

    def claims(self) -> dict[str, Any]:
        return asdict(self)


def read_entry(claims: Any) -> Entry:
    """Raises ValueError."""
    try:
        leg = LegNow(**{one.name: claims["leg"][one.name] for one in fields(LegNow)})
        return Entry(str(claims["child"]), str(claims["tier"]), leg)
    except (KeyError, TypeError) as error:
        raise ValueError(f"no ledger entry: {error}") from None


class Spool:
    """`save` writes the file when something has changed; what is put is safe only after it."""

    def __init__(self, folder: Path, name: str) -> None:
        self._path = folder / f"{name}-{FILE}"
        self._entries: dict[str, Entry] = {}
        self._changed = False
        self.given_up = 0

    def load(self) -> None:
        """What an earlier life left. A broken file is begun anew."""
        try:
            kept = [read_entry(claims) for claims in json.loads(self._path.read_text(encoding="utf-8"))]
        except (OSError, ValueError):
            return
        self._entries = {entry.leg.id: entry for entry in kept} | self._entries

    def __len__(self) -> int:
        return len(self._entries)

    @property
    def entries(self) -> list[Entry]:
        """The oldest first."""
        return list(self._entries.values())

    def put(self, entry: Entry) -> None:
        known = self._entries.get(entry.leg.id)
        if known is not None and known.leg.until >= entry.leg.until:
            return
        self._entries[entry.leg.id] = entry
        self._changed = True
        if len(self._entries) > MOST:
            del self._entries[next(iter(self._entries))]
            self.given_up += 1

    def taken(self, told: Iterable[tuple[str, float]]) -> None:
        """Somebody keeps these now, up to these moments."""
        for leg_id, until in told:
            if leg_id in self._entries and self._entries[leg_id].leg.until <= until:
                del self._entries[leg_id]
                self._changed = True

    def save(self) -> None:
        """Raises OSError."""
        if not self._changed:
            return
        self._path.parent.mkdir(parents=True, exist_ok=True)
        partial = self._path.with_suffix(".part")
        partial.write_text(json.dumps([entry.claims() for entry in self._entries.values()]), encoding="utf-8")
        partial.replace(self._path)
        self._changed = False
