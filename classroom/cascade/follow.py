"""Follows what one lesson offers at the relay above, and stands for it here: each slot that is live there is a
publication here, whose parts are pulled when somebody wants them."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator

from classroom.cascade import offers, ways
from classroom.cascade.caller import Caller, NoLeg
from classroom.cascade.gathered import Gathered, Pulled, tracks
from classroom.cascade.offers import Offer
from classroom.relay.lesson import Lesson
from core.errors import Conflict
from core.tickets import Ticket

BETWEEN = 0.05
"""Seconds between two questions, whatever a relay answers."""
FIRST_PAUSE, LONGEST_PAUSE = 0.1, 2.0
GRACE = 3.0
"""Seconds that a slot which fell empty above stays here with its legs: a publisher who comes back loses nothing."""


class Follow:
    """`on_news()` after each change; `on_silent(parent)` when a relay does not answer; `on_release(slot)` before
    what stands for a slot is taken away. `ticket` is renewed from outside. `failed`: address → when, shared by all."""

    def __init__(
        self,
        caller: Caller,
        lesson: Lesson,
        ticket: Ticket,
        own: str,
        failed: dict[str, float],
        on_news: Callable[[], None],
        on_silent: Callable[[str], None],
        on_release: Callable[[str], None],
    ) -> None:
        self.lesson = lesson
        self.ticket = ticket
        self.whole: dict[str, Gathered] = {}
        self._caller = caller
        self._own = own
        self._failed = failed
        self._on_news = on_news
        self._on_silent = on_silent
        self._on_release = on_release
        self._missing: dict[str, float] = {}
        self._known = ""
        self._at = ""

    async def run(self) -> None:
        """Until cancelled. Raises Over."""
        pause = FIRST_PAUSE
        while True:
            if await self._look():
                pause = FIRST_PAUSE
                await asyncio.sleep(BETWEEN)
            else:
                await asyncio.sleep(pause)
                pause = min(pause * 2, LONGEST_PAUSE)

    async def _look(self) -> bool:
        parents = ways.above(self.ticket.ways, self._own)
        for parent in ways.in_order(parents, self._failed, self._caller.clock()):
            try:
                offer = await self._caller.offers(self.ticket, parent, self._known if parent == self._at else "")
            except NoLeg:
                self._failed[parent] = self._caller.clock()
                self._on_silent(parent)
                continue
            self._at, self._known = parent, offers.mark(offer)
            self.take(offer, self._caller.clock())
            return True
        return False

    def take(self, offer: Offer, now: float) -> None:
        """What is live above is live here, but for slots that somebody publishes into here."""
        self._missing = {slot: self._missing.get(slot, now) for slot in self.whole if slot not in offer}
        for slot, names in offer.items():
            if names:
                self._stand(slot, names, now)
        self._on_news()

    def _stand(self, slot: str, names: tuple[str, ...], now: float) -> None:
        if slot in self.whole and not self.whole[slot].closed:
            whole = self.whole[slot]
            if whole.names != names:
                whole.names, whole.tracks = names, tracks(names)
                self.lesson.slot(slot).offers_changed(whole, now)
            return
        present = self.lesson.slot(slot).publication
        if present is not None and not isinstance(present.ticket, Pulled):
            return
        whole = Gathered(slot, names)
        try:
            self.lesson.publish(whole, now)
        except Conflict:
            return
        self.whole[slot] = whole

    def prune(self, now: float) -> None:
        """Take away what has been missing above for longer than it may."""
        for slot in [slot for slot, since in self._missing.items() if now - since >= GRACE]:
            del self._missing[slot]
            self.release(slot, now)

    def release(self, slot: str, now: float) -> None:
        self._on_release(slot)
        whole = self.whole.pop(slot, None)
        if whole is not None:
            self.lesson.unpublish(whole, now)

    def end(self, now: float) -> None:
        for slot in list(self.whole):
            self.release(slot, now)

    def wanted(self, watched: set[str], now: float) -> Iterator[tuple[str, str]]:
        """Slot and part: the voice of each slot that is watched, and of its layers those that somebody takes or waits
        for. The thin voice comes with the teacher's, so that it is there when a line grows thin."""
        for slot, whole in self.whole.items():
            if slot not in watched and not (slot == "voice" and "teacher" in watched):
                continue
            layers = [name for name in whole.names if name != offers.VOICE]
            streams = self.lesson.slot(slot).layers["video"]
            for name in whole.names:
                if name == offers.VOICE or len(layers) == 1 or streams[name].wanted(now):
                    yield slot, name
