"""What one socket still has to be told. No I/O: the socket's writer empties it.

At most 256 messages wait. One more and the reader is too slow: the outbox is closed with `Close.TOO_SLOW` and takes
nothing more, so that a
page on a bad line costs the others nothing; the page comes back with `?after=` and misses nothing.
"""

from __future__ import annotations

import asyncio
import json
from collections import deque
from datetime import UTC, datetime

from classroom.interaction.audience import may_see, presence_key
from classroom.interaction.log import Entry
from classroom.interaction.messages import Problem
from classroom.interaction.state import LessonState
from core.tickets import Ticket

MOST_WAITING = 256


class Outbox:
    """A `feed.Listener`. It starts by holding entries back; `start` or `resume` lets them flow."""

    def __init__(self, ticket: Ticket):
        self.ticket = ticket
        self.too_slow = asyncio.Event()
        self.seq = 0
        self._begun = False
        self._waiting: deque[str] = deque()
        self._held: list[Entry] | None = []
        self._filled = asyncio.Event()

    def deliver(self, entry: Entry) -> None:
        if self._held is not None:
            self._held.append(entry)
        elif entry.seq > self.seq:
            self.seq = entry.seq
            if may_see(self.ticket, entry):
                self.put(entry.text)

    def replace(self, state: LessonState) -> None:
        if not self._begun or (self._held is None and state.seq == self.seq):
            return
        self._waiting.clear()
        self.seq = state.seq
        self.put(state_message(self.ticket, state, datetime.now(UTC)))
        self._release(())

    def start(self, state: LessonState | None) -> None:
        """Begin with the whole state; None: it will come by `replace` when it is known."""
        self._begun = True
        if state is not None:
            self.replace(state)

    def resume(self, after: int, missed: list[Entry]) -> None:
        """Begin after a number; `missed` are the log's entries after it."""
        self._begun = True
        self.seq = after
        self._release(missed)

    def put(self, text: str) -> None:
        if len(self._waiting) >= MOST_WAITING:
            self._waiting.clear()
            self.too_slow.set()
        if not self.too_slow.is_set():
            self._waiting.append(text)
            self._filled.set()

    def say(self, problem: Problem) -> None:
        self.put(problem.model_dump_json())

    async def take(self) -> str:
        """The next message; waits for one."""
        while not self._waiting:
            self._filled.clear()
            await self._filled.wait()
        return self._waiting.popleft()

    def _release(self, missed: list[Entry] | tuple[Entry, ...]) -> None:
        held, self._held = self._held or [], None
        for entry in (*missed, *held):
            self.deliver(entry)


def state_message(ticket: Ticket, state: LessonState, at: datetime) -> str:
    """`state` as text, with the facts that the ticket's bearer may see."""
    head = {
        "type": "state", "seq": state.seq, "lesson": ticket.lesson, "stage": ticket.stage,
        "you": {
            "key": presence_key(ticket), "person": ticket.person, "name": ticket.name, "role": ticket.role,
            "room": ticket.room, "room_name": ticket.room_name,
        },
        "at": stamp(at),
    }  # fmt: skip
    facts = ",".join(entry.text for entry in state.facts.values() if may_see(ticket, entry))
    return f'{json.dumps(head, ensure_ascii=False)[:-1]}, "facts": [{facts}]}}'


def stamp(at: datetime) -> str:
    return at.isoformat(timespec="milliseconds").replace("+00:00", "Z")
