"""What a lesson offers at a relay, slot by slot, and telling the relays below as soon as it changes.

A relay below has to know which layers there are before anybody wants one, and that nobody publishes into a slot, so
that it pulls nothing for it.
"""

from __future__ import annotations

import asyncio
import hashlib
import json
from collections.abc import Mapping

from classroom.relay.description import LAYERS
from classroom.relay.lesson import Lesson

Offer = Mapping[str, tuple[str, ...]]
"""Slot → "voice" and the layers of its picture, the smallest first. A slot into which nobody publishes is not there."""

VOICE = "voice"
HOLD = 5.0
"""Seconds that an answer waits for news; a nearer relay that is back is found no later than this."""
LOOK_EVERY = 0.1
"""Seconds between two looks at the lessons that somebody waits for."""


def offered(lesson: Lesson) -> Offer:
    found = {}
    for name, slot in sorted(lesson.slots.items()):
        if slot.publication is not None:
            voice = (VOICE,) if slot.offered("audio") else ()
            found[name] = (*voice, *(stream.layer for stream in slot.offered("video")))
    return found


def mark(offer: Offer) -> str:
    """Differs whenever the offer does."""
    return hashlib.sha256(json.dumps(sorted(offer.items())).encode()).hexdigest()[:16]


def read(body: bytes) -> Offer:
    """Raises ValueError."""
    try:
        said = json.loads(body)["slots"]
        return {str(slot): tuple(one for one in (VOICE, *LAYERS) if one in names) for slot, names in said.items()}
    except (KeyError, TypeError, AttributeError) as error:
        raise ValueError(f"no offer: {error}") from None


class Waiting:
    """Who waits for which lesson's news; `tick` wakes them when it has changed."""

    def __init__(self) -> None:
        self._news: dict[str, tuple[asyncio.Event, str]] = {}
        self._looked_at = float("-inf")

    def event(self, lesson: str, known: str) -> asyncio.Event:
        """Set at the first look that finds another offer than `known`, which all who wait for a lesson share."""
        if lesson not in self._news or self._news[lesson][1] != known:
            self.wake(lesson)
            self._news[lesson] = asyncio.Event(), known
        return self._news[lesson][0]

    def wake(self, lesson: str) -> None:
        if lesson in self._news:
            self._news.pop(lesson)[0].set()

    def wake_all(self) -> None:
        """An order has come: whoever waits looks again."""
        for lesson in list(self._news):
            self.wake(lesson)

    def tick(self, lessons: Mapping[str, Lesson], now: float) -> None:
        if not self._news or now - self._looked_at < LOOK_EVERY:
            return
        self._looked_at = now
        for name, (_, known) in list(self._news.items()):
            lesson = lessons.get(name)
            if lesson is None or mark(offered(lesson)) != known:
                self.wake(name)
