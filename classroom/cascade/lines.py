"""How well the rooms below are connected: a relay without Valkey keeps its sessions' figures and hands them on with its
report, and the relay that has Valkey writes them into the lesson's log as if the rooms were its own."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from typing import Any, get_args

from classroom.interaction.messages import Role
from classroom.interaction.reporting import RelayReports

MOST = 500
LONGEST = 200
TEXTS = ("person", "name", "room", "room_name", "direction", "layer", "state", "codec")
NUMBERS = ("loss", "delay_ms", "kbps")


@dataclass(frozen=True)
class Line:
    """`lesson` is the log's name, `figures` what RelayReports.line takes."""

    lesson: str
    session: str
    figures: dict[str, Any]

    def claims(self) -> dict[str, Any]:
        return asdict(self)


def read_line(claims: Any) -> Line:
    """Raises ValueError for anything that is not a line's."""
    try:
        figures = dict(claims["figures"])
        given: dict[str, Any] = {name: _text(figures.get(name)) for name in TEXTS}
        given |= {name: _number(figures.get(name)) for name in NUMBERS}
        if figures["role"] not in get_args(Role) or not given["person"] or given["name"] is None:
            raise ValueError("a line of nobody")
        known = {name: value for name, value in given.items() if value is not None}
        known |= {"role": figures["role"], "connected": bool(figures["connected"])}
        return Line(str(claims["lesson"])[:LONGEST], str(claims["session"])[:LONGEST], known)
    except (KeyError, TypeError) as error:
        raise ValueError(f"no line: {error}") from None


def _text(value: Any) -> str | None:
    return value[:LONGEST] if isinstance(value, str) else None


def _number(value: Any) -> float | None:
    return float(value) if isinstance(value, int | float) and abs(value) < 1e9 else None


class Lines:
    """What a relay without Valkey keeps in place of RelayReports. Who publishes is told where publishers go."""

    def __init__(self) -> None:
        self._now: dict[tuple[str, str], Line] = {}

    @property
    def now(self) -> tuple[Line, ...]:
        return tuple(self._now.values())[:MOST]

    def line(self, lesson: str, session: str, **figures: Any) -> None:
        self._now[lesson, session] = Line(lesson, session, figures)

    def gone(self, lesson: str, session: str) -> None:
        self._now.pop((lesson, session), None)

    def slot(self, lesson: str, slot: str, **figures: Any) -> None:
        """Told at the anchor."""


class LinesBelow:
    """Writes down what relays below say of their rooms, and takes back what they say no longer."""

    def __init__(self, reports: RelayReports) -> None:
        self._reports = reports
        self._told: dict[str, set[tuple[str, str]]] = {}

    def hear(self, relay: str, lines: Iterable[Line]) -> None:
        before, now = self._told.get(relay, set()), set()
        for line in lines:
            now.add((line.lesson, line.session))
            self._reports.line(line.lesson, line.session, **line.figures)
        for lesson, session in before - now:
            self._reports.gone(lesson, session)
        self._told[relay] = now

    def keep(self, relays: Iterable[str]) -> None:
        """All others have fallen silent."""
        for relay in self._told.keys() - set(relays):
            self.hear(relay, ())
            del self._told[relay]
