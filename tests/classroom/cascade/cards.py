"""Legs and cards for tests; `changed` says what is different."""

from typing import Any
from uuid import UUID

from classroom.cascade.registry import Card, LegNow
from classroom.cascade.spool import Entry


def leg(number: int = 1, until: float = 100.0, **changed: Any) -> LegNow:
    usual: dict[str, Any] = {
        "id": str(UUID(int=number)), "lesson": str(UUID(int=77)), "slot": "teacher", "layer": "f",
        "parent": "http://above", "kbps": 900.0, "loss": 0.0, "delay_ms": 12.0, "since": 10.0, "until": until,
        "octets": 5000, "packets": 40, "lost": 1, "gaps": 0, "gap_ms": 0,
    }  # fmt: skip
    return LegNow(**{**usual, **changed})


def entry(number: int = 1, until: float = 100.0, child: str = "school-1", **changed: Any) -> Entry:
    return Entry(child, "school", leg(number, until, **changed))


def card(name: str = "school-1", **changed: Any) -> Card:
    usual: dict[str, Any] = {
        "name": name, "address": f"http://{name}", "tier": "school", "place": None, "parent": "http://above",
        "capacity": 100, "draining": False, "sessions": 25, "lessons": 1, "kbps_in": 900.0, "kbps_out": 9000.0,
        "legs": (), "seen": 1.0,
    }  # fmt: skip
    return Card(**{**usual, **changed})
