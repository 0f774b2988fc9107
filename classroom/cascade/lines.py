"""Who sends below, and how well the rooms there are connected: a relay without Valkey keeps the figures of its slots
and sessions and hands them on with its report, and the relay that has Valkey writes them into the lesson's log as its
own."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass
from typing import Any, get_args

from classroom.interaction.messages import Role
from classroom.interaction.reporting import RelayReports

MOST = 500
LONGEST = 200
TEXTS = ("person", "name", "room", "room_name", "direction", "layer", "state", "codec")
NUMBERS = ("loss", "delay_ms", "kbps")
SEAT_TEXTS = ("person", "name", "room", "room_name")
SEAT_FLAGS = ("live", "human", "audio", "video")


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


@dataclass(frozen=True)
class Seat:
    """A slot into which somebody publishes. `lesson` is the log's name, `figures` what RelayReports.slot takes."""

    lesson: str
    slot: str
    figures: dict[str, Any]

    def claims(self) -> dict[str, Any]:
        return asdict(self)


def read_seat(claims: Any) -> Seat:
    """Raises ValueError for anything that is not a slot's."""
    try:
        figures = dict(claims["figures"])
        given: dict[str, Any] = {name: _text(figures.get(name)) for name in SEAT_TEXTS}
        given |= {name: bool(figures.get(name)) for name in SEAT_FLAGS}
        if not given["person"]:
            raise ValueError("a slot of nobody")
        return Seat(
            str(claims["lesson"])[:LONGEST],
            str(claims["slot"])[:LONGEST],
            {**given, "since": _number(figures.get("since"))},
        )
    except (KeyError, TypeError) as error:
        raise ValueError(f"no slot: {error}") from None


def _text(value: Any) -> str | None:
    return value[:LONGEST] if isinstance(value, str) else None


def _number(value: Any) -> float | None:
    return float(value) if isinstance(value, int | float) and abs(value) < 1e11 else None


class Lines:
    """What a relay without Valkey keeps in place of RelayReports. `on_seat()` when somebody takes or leaves a slot."""

    def __init__(self) -> None:
        self.on_seat: Callable[[], None] = lambda: None
        self._now: dict[tuple[str, str], Line] = {}
        self._seats: dict[tuple[str, str], Seat] = {}

    @property
    def now(self) -> tuple[Line, ...]:
        return tuple(self._now.values())[:MOST]

    def line(self, lesson: str, session: str, **figures: Any) -> None:
        self._now[lesson, session] = Line(lesson, session, figures)

    def gone(self, lesson: str, session: str) -> None:
        self._now.pop((lesson, session), None)

    def slot(self, lesson: str, slot: str, **figures: Any) -> None:
        before, after = self._seats.pop((lesson, slot), None), Seat(lesson, slot, figures) if figures["live"] else None
        if after is not None:
            self._seats[lesson, slot] = after
        if before != after:
            self.on_seat()

    @property
    def seats(self) -> tuple[Seat, ...]:
        return tuple(self._seats.values())[:MOST]


class LinesBelow:
    """Writes down what relays below say of their slots and rooms, and takes back what they say no longer."""

    def __init__(self, reports: RelayReports) -> None:
        self._reports = reports
        self._told: dict[str, set[tuple[str, str]]] = {}
        self._seated: dict[str, dict[tuple[str, str], Seat]] = {}

    def hear(self, relay: str, lines: Iterable[Line], seats: Iterable[Seat] = ()) -> None:
        self._hear_seats(relay, {(seat.lesson, seat.slot): seat for seat in seats})
        before, now = self._told.get(relay, set()), set()
        for line in lines:
            now.add((line.lesson, line.session))
            self._reports.line(line.lesson, line.session, **line.figures)
        for lesson, session in before - now:
            self._reports.gone(lesson, session)
        self._told[relay] = now

    def _hear_seats(self, relay: str, now: dict[tuple[str, str], Seat]) -> None:
        before, self._seated[relay] = self._seated.get(relay, {}), now
        for lesson, slot in before.keys() - now.keys():
            self._reports.slot(lesson, slot, live=False)
        for seated in self._seated.values():  # who left one relay may have come to another
            for (lesson, slot), seat in seated.items():
                self._reports.slot(lesson, slot, **seat.figures)

    def keep(self, relays: Iterable[str]) -> None:
        """All others have fallen silent."""
        for relay in self._told.keys() - set(relays):
            self.hear(relay, ())
            del self._told[relay], self._seated[relay]
