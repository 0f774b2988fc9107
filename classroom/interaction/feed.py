"""One lesson as this web process knows it: its state, and the sockets that want to hear of changes. No I/O.

loading   entries are put aside until the state has been read      (`begin`)
flowing   each entry is applied and handed to the listeners         (`replace`, `catch_up`)
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from typing import Protocol

from classroom.interaction.log import Entry
from classroom.interaction.state import LessonState, apply


class Listener(Protocol):
    """A socket. Neither method may wait."""

    def deliver(self, entry: Entry) -> None: ...

    def replace(self, state: LessonState) -> None: ...


class Feed:
    """`state` is None until the log has been read for the first time; after that it is never None again, also when
    Valkey is away.
    """

    def __init__(self, lesson: str):
        self.lesson = lesson
        self.state: LessonState | None = None
        self.listeners: set[Listener] = set()
        self.known = asyncio.Event()
        self._aside: list[Entry] | None = []

    def begin(self) -> None:
        """Entries may have been missed: put new ones aside from now on."""
        if self._aside is None:
            self._aside = []

    def news(self, entry: Entry) -> None:
        """An entry came over the channel."""
        if self._aside is None:
            self._deliver(entry)
        else:
            self._aside.append(entry)

    def catch_up(self, entries: Iterable[Entry]) -> None:
        """These are the entries since `state`; go on from there."""
        for entry in [*entries, *self._taken()]:
            self._deliver(entry)

    def replace(self, state: LessonState) -> None:
        """This is the whole state; tell the listeners so and go on from there."""
        self.state = state
        self.known.set()
        for listener in tuple(self.listeners):
            listener.replace(state)
        self.catch_up(())

    def _taken(self) -> list[Entry]:
        aside, self._aside = self._aside or [], None
        return aside

    def _deliver(self, entry: Entry) -> None:
        assert self.state is not None, "entries flow only after the state"
        if entry.seq <= self.state.seq:
            return
        self.state = apply(self.state, entry)
        for listener in tuple(self.listeners):
            listener.deliver(entry)
