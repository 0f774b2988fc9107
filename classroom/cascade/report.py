"""What relays without Valkey tell the relay above: who they are and how they do, who sends to them, how their rooms are
connected, and their ledger. Each bundle carries the key of the relay that it is about, so that it may be handed on as
it is. Pure."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import Any

from classroom.cascade.lines import MOST as MOST_LINES
from classroom.cascade.lines import Line, Seat, read_line, read_seat
from classroom.cascade.registry import Card, read_card
from classroom.cascade.spool import Entry, read_entry
from core.errors import BadInput, NotAllowed
from core.relay_keys import RelayKey

LIVES = 6.0
"""Seconds after which a relay that says nothing is forgotten here."""
MOST_CHILDREN = 500
MOST_ENTRIES = 500
MOST_BYTES = 2 * 1024 * 1024

Verify = Callable[[str], RelayKey]


@dataclass(frozen=True)
class Report:
    key: str
    card: Card
    ledger: tuple[Entry, ...]
    lines: tuple[Line, ...] = ()
    seats: tuple[Seat, ...] = ()

    def claims(self) -> dict[str, Any]:
        return {
            "key": self.key,
            "card": asdict(self.card),
            "ledger": [entry.claims() for entry in self.ledger],
            "lines": [line.claims() for line in self.lines],
            "seats": [seat.claims() for seat in self.seats],
        }


@dataclass(frozen=True)
class Taken:
    """The answer: which totals are kept above now."""

    name: str
    taken: tuple[tuple[str, float], ...]


def write(reports: list[Report]) -> bytes:
    return json.dumps({"reports": [report.claims() for report in reports]}).encode()


def read(body: bytes, verify: Verify) -> list[Report]:
    """Raises BadInput, NotSignedIn for a wrong key, NotAllowed for a card that is not the key's."""
    try:
        found = [_report(claims) for claims in json.loads(body)["reports"][:MOST_CHILDREN]]
    except (ValueError, KeyError, TypeError) as error:
        raise BadInput("report-malformed", zh="中继报告的格式不对。", en=f"The report is malformed: {error}.") from None
    for report in found:
        _check(report, verify(report.key))
    return found


def _report(claims: Any) -> Report:
    ledger = tuple(read_entry(one) for one in claims["ledger"][:MOST_ENTRIES])
    lines = tuple(read_line(one) for one in claims["lines"][:MOST_LINES])
    seats = tuple(read_seat(one) for one in claims.get("seats", ())[:MOST_LINES])
    return Report(str(claims["key"]), read_card(json.dumps(claims["card"])), ledger, lines, seats)


def _check(report: Report, key: RelayKey) -> None:
    card = report.card
    if (card.name, card.tier, card.place) != (key.relay, key.tier, key.place):
        zh, en = "密钥属于另一台中继。", "The key belongs to another relay, tier or place."
        raise NotAllowed("not-your-relay", zh=zh, en=en)
    if any(entry.child != key.relay for entry in report.ledger):
        zh, en = "只能上报本中继的台账。", "A relay tells its own ledger only."
        raise NotAllowed("not-your-ledger", zh=zh, en=en)


def read_taken(body: bytes) -> Taken:
    """Raises ValueError."""
    try:
        said = json.loads(body)
        return Taken(str(said["name"]), tuple((str(leg), float(until)) for leg, until in said["taken"]))
    except (KeyError, TypeError) as error:
        raise ValueError(f"no answer to a report: {error}") from None


class Children:
    """The relays below that report here, each with its last report."""

    def __init__(self) -> None:
        self._heard: dict[str, tuple[Report, float]] = {}

    def hear(self, reports: list[Report], now: float) -> None:
        for report in reports:
            if report.card.name in self._heard or len(self._heard) < MOST_CHILDREN:
                self._heard[report.card.name] = report, now

    def living(self, now: float) -> list[Report]:
        self._heard = {name: heard for name, heard in self._heard.items() if now - heard[1] <= LIVES}
        return [report for report, _ in self._heard.values()]
