"""What holds of lessons by order: over, a seat taken back, paused. It is kept here for who comes later, and told to the
relays below that have no Valkey. Pure.

A lesson's name is that of its stage (`sessions.stage_key`); an order is about the lesson in all its stages.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Collection, Iterable
from dataclasses import asdict, dataclass

from classroom.interaction.log import lesson_of_stage_key
from core.errors import Gone, NotAllowed
from core.tickets import Ticket

REFUSED = 48 * 3600.0
"""Seconds for which an order is remembered; no ticket lives longer."""
ASKED_FOR = 12.0
"""Seconds for which a relay below counts as asking about a lesson."""


@dataclass(frozen=True)
class Word:
    """What holds of some lessons: ids that are over, (lesson, person) who lost their seats, and of the names of which
    that is known, whether they are paused."""

    over: tuple[str, ...] = ()
    unseated: tuple[tuple[str, str], ...] = ()
    paused: tuple[tuple[str, bool], ...] = ()

    def text(self) -> str:
        return json.dumps(asdict(self), ensure_ascii=False)

    @property
    def mark(self) -> str:
        """Differs whenever the word does."""
        return hashlib.sha256(self.text().encode()).hexdigest()[:16]


def read_word(text: bytes | str) -> Word:
    """Raises ValueError."""
    try:
        said = json.loads(text)
        unseated = tuple((str(lesson), str(person)) for lesson, person in said["unseated"])
        paused = tuple((str(name), bool(paused)) for name, paused in said["paused"])
        return Word(tuple(map(str, said["over"])), unseated, paused)
    except (KeyError, TypeError) as error:
        raise ValueError(f"no word of orders: {error}") from None


class Standing:
    """`on_change()` after each change; `on_asked(name)` when a relay below begins to ask about a lesson."""

    def __init__(self) -> None:
        self.on_change: Callable[[], None] = lambda: None
        self.on_asked: Callable[[str], None] = lambda name: None
        self._over: dict[str, float] = {}
        self._unseated: dict[tuple[str, str], float] = {}
        self._paused: dict[str, bool] = {}
        self._asked: dict[str, float] = {}

    def end(self, lesson: str, now: float) -> bool:
        """Whether that is news."""
        new = lesson not in self._over
        self._over[lesson] = now + REFUSED
        if new:
            self.on_change()
        return new

    def unseat(self, lesson: str, person: str, now: float) -> None:
        new = (lesson, person) not in self._unseated
        self._unseated[lesson, person] = now + REFUSED
        if new:
            self.on_change()

    def pause(self, name: str, paused: bool) -> None:
        if self._paused.get(name) != paused:
            self._paused[name] = paused
            self.on_change()

    def forget_pause(self, name: str) -> None:
        """Nobody says any more whether it is."""
        self._paused.pop(name, None)

    def paused(self, name: str) -> bool:
        return self._paused.get(name, False)

    def refuse(self, ticket: Ticket) -> None:
        """Raises Gone, or NotAllowed for who lost the seat."""
        if ticket.lesson in self._over:
            zh, en = "这节课已经结束。", "This lesson is over."
            raise Gone("lesson-ended", zh=zh, en=en)
        if (ticket.lesson, ticket.person) in self._unseated:
            zh, en = "这张凭证已被收回，请联系上课的单位。", "This ticket was taken back; ask whoever gives the lesson."
            raise NotAllowed("ticket-taken-back", zh=zh, en=en)

    def ask(self, names: Iterable[str], now: float) -> None:
        """A relay below has these lessons."""
        for name in names:
            new = name not in self._asked
            self._asked[name] = now + ASKED_FOR
            if new:
                self.on_asked(name)

    @property
    def asked(self) -> Collection[str]:
        return self._asked.keys()

    def word(self, names: Iterable[str]) -> Word:
        """What holds of these."""
        known = set(names)
        ids = {lesson_of_stage_key(name) for name in known}
        unseated = sorted(seat for seat in self._unseated if seat[0] in ids)
        paused = sorted((name, self._paused[name]) for name in known & self._paused.keys())
        return Word(tuple(sorted(ids & self._over.keys())), tuple(unseated), tuple(paused))

    def prune(self, now: float) -> None:
        """Once a second: forget what has run out."""
        self._over = {lesson: until for lesson, until in self._over.items() if now < until}
        self._unseated = {seat: until for seat, until in self._unseated.items() if now < until}
        self._asked = {name: until for name, until in self._asked.items() if now < until}
