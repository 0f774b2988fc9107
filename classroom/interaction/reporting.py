"""The relay's side of the log: what it says about slots and lines, without ever waiting for Valkey.

`slot`, `line` and `gone` only note a wish; one task writes the wishes down, and once more after Valkey was away or
has lost its memory.
A heartbeat key tells the web that the relay lives; without it the web turns this relay's facts to not connected (see
watch.py).

    songjiao:relay:NAME            heartbeat, lives 6 s, renewed every 2 s
    songjiao:relay:NAME:lessons    the lessons it has written into, so that its next life can clear what it left behind
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

from redis.exceptions import RedisError

from classroom.interaction.coalesce import Wishes
from classroom.interaction.log import KEPT_SECONDS, Change, Entry, LessonLog
from classroom.interaction.messages import Role

logger = logging.getLogger(__name__)

HEARTBEAT_SECONDS = 2.0
# three missed beats
HEARTBEAT_LIVES = 6
# how long news may wait for others to share the round trip with
GATHER_SECONDS = 0.02
LONGEST_PAUSE = 2.0
FAREWELL_SECONDS = 1.0


def heartbeat_key(relay: str) -> str:
    return f"songjiao:relay:{relay}"


class RelayReports:
    """Start `run()` as a task in the relay's loop; cancelling it says good-bye to Valkey as far as that takes no
    longer than a second.

    All other methods are plain, never wait and never raise. `lesson` is the log's name: `log.stage_key(ticket.lesson,
    ticket.stage)`.
    """

    def __init__(self, log: LessonLog, relay: str, *, limit: int = 8192):
        self._valkey = log.valkey
        self._log = log
        self._relay = relay
        self._wishes = Wishes(limit=limit)
        self._news = asyncio.Event()
        self._greeted: set[str] = set()
        self._beaten_at = float("-inf")
        self._first = True

    @property
    def refused(self) -> int:
        """Facts not taken because too many were held."""
        return self._wishes.refused

    def slot(
        self,
        lesson: str,
        slot: str,
        *,
        live: bool,
        person: str | None = None,
        name: str | None = None,
        human: bool = True,
        room: str | None = None,
        room_name: str | None = None,
        audio: bool = False,
        video: bool = False,
        since: float | None = None,
    ) -> None:
        """Who is in a slot now. Call it when a publication starts, is replaced (once, with the new one) or ends
        (`live=False`).
        """
        body = {
            "slot": slot, "live": live, "person": person, "name": name, "human": human,
            "room": room, "room_name": room_name, "audio": audio, "video": video,
            "since": moment(since), "relay": self._relay,
        }  # fmt: skip
        self._put((lesson, "slot", slot), body, urgent=True, last=not live)

    def line(
        self,
        lesson: str,
        session: str,
        *,
        person: str,
        name: str,
        role: Role,
        room: str | None = None,
        room_name: str | None = None,
        direction: str = "receive",
        connected: bool,
        loss: float = 0.0,
        delay_ms: float | None = None,
        layer: str | None = None,
        kbps: float = 0,
        state: str = "ok",
        codec: str = "supported",
    ) -> None:
        """How well a session is connected. Call it as often as you like: figures leave every 2 s, a change of state
        at once.

        `loss` is a share (0 to 1), `delay_ms` the round trip; both are rounded, so that noise is no news.
        """
        body = {
            "direction": direction, "person": person, "name": name, "role": role, "room": room, "room_name": room_name,
            "connected": connected, "loss": round(min(max(loss, 0.0), 1.0), 2),
            "delay_ms": None if delay_ms is None else round(delay_ms, -1), "layer": layer,
            "kbps": int(round(kbps / 50) * 50), "state": state if connected else "down", "codec": codec,
            "relay": self._relay,
        }  # fmt: skip
        self._put((lesson, "line", session), body, urgent=False, last=False)

    def gone(self, lesson: str, session: str) -> None:
        """The session has ended."""
        self._put((lesson, "line", session), None, urgent=True, last=True)

    async def run(self) -> None:
        """Writes until cancelled."""
        pause = 0.0
        try:
            while True:
                try:
                    await self._beat(time.monotonic())
                    await self._flush(time.monotonic())
                    pause = 0.0
                except (RedisError, OSError) as error:
                    if not pause:
                        logger.warning("valkey does not answer, reports wait: %s", error)
                    pause = min(max(pause * 2, 0.1), LONGEST_PAUSE)
                    await asyncio.sleep(pause)
                    continue
                await self._rest()
        finally:
            await self._farewell()

    def _put(self, name: tuple[str, str, str], body: dict[str, Any] | None, *, urgent: bool, last: bool) -> None:
        self._wishes.put(name, body, urgent, last)
        self._news.set()

    async def _rest(self) -> None:
        """Until there is news, but no longer than a heartbeat or the pace of the figures allows."""
        self._news.clear()
        try:
            await asyncio.wait_for(self._news.wait(), 0.5)
        except TimeoutError:
            return
        await asyncio.sleep(GATHER_SECONDS)

    async def _beat(self, now: float) -> None:
        if now - self._beaten_at < HEARTBEAT_SECONDS:
            return
        known = await self._valkey.set(heartbeat_key(self._relay), "1", ex=HEARTBEAT_LIVES, get=True)
        if self._first:
            await self._clear(await self._left_behind())
        elif known is None:
            # Valkey was away for longer than a heartbeat lives, or lost its memory
            self._greeted.clear()
            self._wishes.again()
        self._first = False
        self._beaten_at = now

    async def _left_behind(self) -> set[str]:
        members: Any = self._valkey.smembers(self._lessons_key)
        return {str(lesson) for lesson in await members}

    @property
    def _lessons_key(self) -> str:
        return f"{heartbeat_key(self._relay)}:lessons"

    async def _clear(self, lessons: Iterable[str]) -> None:
        """Take back what this relay once said about `lessons` and holds no longer (its former life, or an outage)."""
        for lesson in lessons:
            _, facts = await self._log.state(lesson)
            held = self._wishes.names(lesson)
            stale = [fact for fact in facts if said_by(self._relay, fact) and fact.name not in held]
            await self._log.append_all([take_back(lesson, fact) for fact in stale])

    async def _flush(self, now: float) -> None:
        while due := self._wishes.due(now):
            await self._greet({lesson for (lesson, _, _), _ in due} - self._greeted)
            await self._log.append_all([Change(*name, body) for name, body in due])
            for name, body in due:
                self._wishes.written(name, body, now)
        self._greeted &= self._wishes.lessons()

    async def _greet(self, lessons: set[str]) -> None:
        """Note new lessons before the first word about them."""
        if not lessons:
            return
        noted: Any = self._valkey.sadd(self._lessons_key, *sorted(lessons))
        await noted
        await self._valkey.expire(self._lessons_key, KEPT_SECONDS)
        await self._clear(lessons)
        self._greeted |= lessons

    async def _farewell(self) -> None:
        try:
            async with asyncio.timeout(FAREWELL_SECONDS):
                for lesson in self._wishes.lessons():
                    _, facts = await self._log.state(lesson)
                    await self._log.append_all(
                        [take_back(lesson, fact) for fact in facts if said_by(self._relay, fact)]
                    )
                await self._valkey.delete(heartbeat_key(self._relay), self._lessons_key)
        except (RedisError, OSError, TimeoutError) as error:
            logger.warning("left without a good-bye: %s", error)


def said_by(relay: str, fact: Entry) -> bool:
    """Whether a fact says that something stands at this relay."""
    return fact.body is not None and fact.body.get("relay") == relay and fact.body.get("live") is not False


def take_back(lesson: str, fact: Entry) -> Change:
    """A slot whose relay is gone stays known, as not live; a line goes."""
    if fact.type == "slot" and fact.body is not None:
        return Change(lesson, fact.type, fact.key, {**fact.body, "live": False})
    return Change(lesson, fact.type, fact.key, None)


def moment(seconds: float | None) -> str | None:
    """Seconds since 1970 as messages write moments."""
    return None if seconds is None else datetime.fromtimestamp(seconds, UTC).isoformat().replace("+00:00", "Z")
