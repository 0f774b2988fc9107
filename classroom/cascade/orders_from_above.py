"""Orders for a relay without Valkey: it asks the relay above what holds of its lessons, and of those that relays below
it ask about. The answer comes at once if it differs from what is known, else as soon as it does. Whoever was away asks
anew, and so hears of all that it has missed.

A lesson within a county is anchored there, so nothing of it comes from above: without this the relay that its teacher
sends to would hear of no order.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Collection
from contextlib import suppress

import httpx
import structlog

from classroom.cascade import ways
from classroom.cascade.offers import HOLD
from classroom.relay.sessions import Sessions
from classroom.relay.standing import Word, read_word
from core.errors import BadInput

MOST_LESSONS = 2000
MOST_BYTES = 256 * 1024
GATHER = 0.05
"""Seconds: a bell opens many lessons at once."""
FIRST_PAUSE, LONGEST_PAUSE = 0.1, 2.0
AWAY = (httpx.HTTPError, OSError, ValueError)
HELD = httpx.Timeout(2.0 + HOLD, connect=0.7)

log = structlog.get_logger()


def write_question(names: Collection[str], known: str) -> bytes:
    return json.dumps({"lessons": sorted(names)[:MOST_LESSONS], "known": known}).encode()


def read_question(body: bytes) -> tuple[list[str], str]:
    """The lessons and the mark of what is known of them. Raises BadInput."""
    try:
        said = json.loads(body)
        return [str(name)[:100] for name in said["lessons"][:MOST_LESSONS]], str(said["known"])
    except (ValueError, KeyError, TypeError) as error:
        zh, en = "询问指令的格式不对。", f"The question for orders is malformed: {error}."
        raise BadInput("question-malformed", zh=zh, en=en) from None


class Bell:
    """Wakes all who wait."""

    def __init__(self) -> None:
        self._event = asyncio.Event()

    def ring(self) -> None:
        self._event.set()
        self._event = asyncio.Event()

    @property
    def next(self) -> asyncio.Event:
        """Set when it rings next."""
        return self._event

    async def wait(self, seconds: float) -> None:
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self._event.wait()


async def answer(sessions: Sessions, question: tuple[list[str], str], news: Bell, clock: Callable[[], float]) -> Word:
    """What holds of the lessons asked about: at once if that is not known, else when it changes or HOLD is over."""
    names, known = question
    until = clock() + HOLD
    sessions.standing.ask(names, clock())
    while (word := sessions.standing.word(names)).mark == known and clock() < until:
        await news.wait(until - clock())
    return word


class OrdersAbove:
    """`parent` is the relay above as configured, `key` this relay's own, `own` its address as tickets name it. While
    the parent is away the relays above it on the way of somebody here are asked. Call `look` when a lesson begins."""

    def __init__(
        self, sessions: Sessions, http: httpx.AsyncClient, place: tuple[str, str, str], clock: Callable[[], float]
    ) -> None:
        self._sessions = sessions
        self._http = http
        self._parent, self._key, self._own = place
        self._clock = clock
        self._begun = Bell()
        self._failed: dict[str, float] = {}
        self._known = ""

    def look(self, name: str) -> None:
        self._begun.ring()

    async def run(self, obey: Callable[[str, str], None], unseat: Callable[[str, str], None]) -> None:
        """Until cancelled."""
        pause = FIRST_PAUSE
        while True:
            begun, names = self._begun.next, {*self._sessions.lessons, *self._sessions.standing.asked}
            if not names:
                await self._begun.wait(HOLD)
                await asyncio.sleep(GATHER)
                continue
            try:
                if (word := await self._ask_unless(begun, names)) is not None:
                    self._take(names, word, obey, unseat)
                pause = FIRST_PAUSE
            except AWAY as error:
                if pause == FIRST_PAUSE:  # one line an outage
                    log.warning("orders_away", error=str(error) or type(error).__name__)
                await asyncio.sleep(pause)
                pause = min(pause * 2, LONGEST_PAUSE)

    async def _ask_unless(self, begun: asyncio.Event, names: set[str]) -> Word | None:
        """None when a lesson has begun meanwhile: then the question is another."""
        asking = asyncio.create_task(self._ask(names))
        more = asyncio.create_task(begun.wait())
        try:
            await asyncio.wait({asking, more}, return_when=asyncio.FIRST_COMPLETED)
            if asking.done():
                return asking.result()
            await asyncio.sleep(GATHER)
            return None
        finally:
            asking.cancel()
            more.cancel()

    async def _ask(self, names: set[str]) -> Word:
        """Raises what the last relay above failed by."""
        above = [address for one in self._sessions for address in ways.above(one.ticket.ways, self._own)]
        parents = list(dict.fromkeys([self._parent, *above]))
        headers = {"Authorization": f"Bearer {self._key}"}
        question, failure = write_question(names, self._known), Exception("nobody to ask")
        for parent in ways.in_order(parents, self._failed, self._clock()):
            try:
                said = await self._http.post(
                    f"{parent}/cascade/orders", content=question, headers=headers, timeout=HELD
                )
                return read_word(said.raise_for_status().content)
            except AWAY as error:
                self._failed[parent], failure = self._clock(), error
        raise failure

    def _take(
        self, names: set[str], word: Word, obey: Callable[[str, str], None], unseat: Callable[[str, str], None]
    ) -> None:
        before, self._known = self._sessions.standing.word(names), word.mark
        for lesson in set(word.over) - set(before.over):
            obey(lesson, "order: the relay above says so")
        for lesson, person in set(word.unseated) - set(before.unseated):
            unseat(lesson, person)
        for name, paused in word.paused:
            self._sessions.pause(name, paused, self._clock())
