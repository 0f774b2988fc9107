"""Facts whose author is dead or silent: a relay without a heartbeat, a tab of a web process that was killed, a lesson
whose hour has come.

Of the web processes that have sockets in a lesson, the one that holds the lesson's short lock looks, every 2 s. What
is missed must be
missed twice, so that a Valkey that has just lost its memory costs nobody his place.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from classroom.interaction.follow import Follower
from classroom.interaction.log import Change, Entry, LessonLog, lesson_of_stage_key
from classroom.interaction.presence import COUNTS_SECONDS, Presence
from classroom.interaction.reporting import heartbeat_key, moment, said_by
from classroom.interaction.state import LessonState

logger = logging.getLogger(__name__)

LOOK_SECONDS = 2.0
LOCK_SECONDS = 6
# a heartbeat lives 6 s; missing it at two looks running makes at most 10
RELAY_DEAD_AFTER = 1.5
# long enough for every socket to have renewed itself once more
TAB_DEAD_AFTER = COUNTS_SECONDS / 2
# a lesson turns live or ended by the clock alone, and nobody writes that down
LESSON_SECONDS = 10.0

LessonFactOf = Callable[[str], Awaitable[Mapping[str, Any] | None]]
"""The body of a lesson's `lesson` fact (messages.LessonFact without seq and key), or None when there is no such
lesson.
"""


class Missing:
    """Since when things have been missing. Pure; `now` in seconds."""

    def __init__(self) -> None:
        self._since: dict[tuple[str, str], float] = {}

    def longer_than(self, seconds: float, thing: tuple[str, str], there: bool, now: float) -> bool:
        if there:
            self._since.pop(thing, None)
            return False
        return now - self._since.setdefault(thing, now) >= seconds


class Watch:
    """Run `run()` as a task. `identity` tells this web process from the others; `clock` gives seconds since 1970."""

    def __init__(
        self,
        log: LessonLog,
        follower: Follower,
        lesson_fact: LessonFactOf,
        identity: str,
        clock: Callable[[], float] = time.time,
    ):
        self._log = log
        self._follower = follower
        self._presence = Presence(log.valkey)
        self._lesson_fact = lesson_fact
        self._asked_at: dict[str, float] = {}
        self._identity = identity
        self._clock = clock
        self._missing = Missing()

    async def run(self) -> None:
        while True:
            await asyncio.sleep(LOOK_SECONDS)
            lessons = self._follower.feeds
            self._asked_at = {feed.lesson: self._asked_at.get(feed.lesson, 0.0) for feed in lessons}
            for feed in lessons:
                try:
                    if feed.state is not None and await self._has_lock(feed.lesson):
                        await self.look(feed.lesson, feed.state, self._clock())
                except Exception as error:
                    # whatever the database or Valkey has: the other lessons and the next look must not suffer
                    logger.warning("cannot look after lesson %s: %s", feed.lesson, error)

    async def look(self, lesson: str, state: LessonState, now: float) -> None:
        """Take down what nobody stands behind any more."""
        dead = await self._dead_relays(state, now)
        changes = [not_connected(lesson, fact) for relay in dead for fact in standing(state, relay)]
        changes += [away(lesson, fact, now) for fact in await self._lost_tabs(lesson, state, now)]
        await self._log.append_all(changes)
        if now - self._asked_at.get(lesson, 0.0) >= LESSON_SECONDS:
            self._asked_at[lesson] = now
            await self._ask_for_lesson(lesson, state)

    async def _ask_for_lesson(self, lesson: str, state: LessonState) -> None:
        body = await self._lesson_fact(lesson_of_stage_key(lesson))
        known = state.facts.get(("lesson", ""))
        if body is not None and (known is None or known.body != dict(body)):
            await self._log.append(lesson, "lesson", "", body)

    async def _has_lock(self, lesson: str) -> bool:
        key, valkey = f"songjiao:{{{lesson}}}:watch", self._log.valkey
        if await valkey.set(key, self._identity, nx=True, ex=LOCK_SECONDS):
            return True
        if await valkey.get(key) != self._identity:
            return False
        await valkey.expire(key, LOCK_SECONDS)
        return True

    async def _dead_relays(self, state: LessonState, now: float) -> list[str]:
        named = (str((fact.body or {}).get("relay")) for fact in (*state.of_type("slot"), *state.of_type("line")))
        relays = sorted({relay for relay in named if standing(state, relay)})
        if not relays:
            return []
        beats = await self._log.valkey.mget([heartbeat_key(relay) for relay in relays])
        return [
            relay
            for relay, beat in zip(relays, beats, strict=True)
            if self._missing.longer_than(RELAY_DEAD_AFTER, ("relay", relay), beat is not None, now)
        ]

    async def _lost_tabs(self, lesson: str, state: LessonState, now: float) -> list[Entry]:
        lost = []
        for fact in state.of_type("presence"):
            if fact.body is not None and fact.body.get("online"):
                there = await self._presence.count(lesson, fact.key, now) > 0
                if self._missing.longer_than(TAB_DEAD_AFTER, (lesson, fact.key), there, now):
                    lost.append(fact)
        return lost


def standing(state: LessonState, relay: str) -> list[Entry]:
    """The facts that say that something stands at this relay."""
    lines = [fact for fact in state.of_type("line") if fact.body is not None and fact.body.get("connected")]
    return [fact for fact in (*state.of_type("slot"), *lines) if said_by(relay, fact)]


def not_connected(lesson: str, fact: Entry) -> Change:
    """The same fact of a relay that is gone."""
    body = dict(fact.body or {})
    changed = {"live": False} if fact.type == "slot" else {"connected": False, "state": "down", "kbps": 0}
    return Change(lesson, fact.type, fact.key, {**body, **changed})


def away(lesson: str, fact: Entry, now: float) -> Change:
    """The presence of somebody whose last tab is gone."""
    return Change(lesson, "presence", fact.key, {**(fact.body or {}), "online": False, "since": moment(now)})
