"""Keeps a socket's presence fact true, across tabs, reloads and outages of Valkey."""

from __future__ import annotations

from classroom.interaction.audience import presence_key
from classroom.interaction.log import LessonLog
from classroom.interaction.presence import Presence
from classroom.interaction.reporting import moment
from classroom.interaction.state import LessonState
from core.tickets import Ticket


class Attendance:
    """One socket of one person or room. Methods raise redis.RedisError or OSError; call `here` again with the next
    ping.
    """

    def __init__(self, log: LessonLog, lesson: str, ticket: Ticket, socket: str):
        self._log = log
        self._presence = Presence(log.valkey)
        self._lesson = lesson
        self._ticket = ticket
        self._socket = socket
        self._key = presence_key(ticket)

    async def here(self, state: LessonState | None, now: float) -> None:
        """Renew this socket; write the fact when nobody has."""
        await self._presence.here(self._lesson, self._key, self._socket, now)
        if not self._known_online(state):
            await self._write(True, now)

    async def left(self, now: float) -> None:
        """This socket is gone; the last one writes the fact."""
        if await self._presence.left(self._lesson, self._key, self._socket, now) == 0:
            await self._write(False, now)

    def _known_online(self, state: LessonState | None) -> bool:
        fact = state.facts.get(("presence", self._key)) if state else None
        return fact is not None and fact.body is not None and bool(fact.body.get("online"))

    async def _write(self, online: bool, now: float) -> None:
        ticket = self._ticket
        name = ticket.room_name if ticket.role == "classroom" and ticket.room_name else ticket.name
        body = {
            "name": name, "role": ticket.role, "room": ticket.room, "room_name": ticket.room_name,
            "online": online, "since": moment(now),
        }  # fmt: skip
        await self._log.append(self._lesson, "presence", self._key, body)
