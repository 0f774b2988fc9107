"""Brings from above what is watched here and published elsewhere: follows each such lesson, and pulls those parts of it
that somebody wants. Looks a few times a second; the deciding is in demand.py and follow.py."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Iterator
from functools import partial
from typing import Any

from classroom.cascade import ways
from classroom.cascade.caller import Caller, Over
from classroom.cascade.demand import Demand, Need, Want
from classroom.cascade.follow import Follow
from classroom.cascade.gathered import Pulled
from classroom.cascade.leg import Leg
from classroom.cascade.pull import Pull
from classroom.relay.session import Watching
from classroom.relay.sessions import Sessions, stage_key
from core.tickets import Ticket

LOOK_EVERY = 0.25
"""Seconds; at once when somebody came or something changed above."""
ASKED_FOR = 12.0
"""Seconds for which a lesson is followed that a relay below has asked about."""


class Puller:
    """`own` is this relay's address as tickets name it. `on_over(lesson)`: the relay above says that it has ended."""

    def __init__(self, sessions: Sessions, caller: Caller, own: str, on_over: Callable[[str], None]) -> None:
        self._sessions = sessions
        self._caller = caller
        self._own = own
        self._on_over = on_over
        self._demand = Demand()
        self._follows: dict[str, Follow] = {}
        self._pulls: dict[Need, Pull] = {}
        self._tasks: dict[Need, asyncio.Task[None]] = {}
        self._asked: dict[str, tuple[Ticket, float]] = {}
        self._failed: dict[str, float] = {}
        self._looked_at = float("-inf")
        self._seen = -1

    @property
    def legs(self) -> Iterator[Leg]:
        """Those that carry something now."""
        for pull in self._pulls.values():
            if pull.leg is not None and not pull.leg.ended.is_set():
                yield pull.leg

    def asked(self, ticket: Ticket, now: float) -> None:
        """A relay below wants to know what this lesson offers."""
        self._asked[stage_key(ticket)] = ticket, now
        self._look_soon()

    def tick(self, now: float) -> None:
        """Every 20 ms."""
        self._caller.dialing.tick(now)
        if self._seen != self._sessions.joined or now - self._looked_at >= LOOK_EVERY:
            self._seen, self._looked_at = self._sessions.joined, now
            self._look(now)

    def _look_soon(self) -> None:
        self._looked_at = float("-inf")

    def _look(self, now: float) -> None:
        lessons = self._watched(now)
        wanted: dict[Need, Want] = {}
        for name, (want, slots) in lessons.items():
            wanted[Need(name)] = want
            if name in self._follows:
                self._follows[name].ticket = want.ticket
                self._follows[name].prune(now)
                self._sessions.keep(name, now)
                parts = self._follows[name].wanted(slots, now)
                wanted |= {Need(name, slot, part): Want(want.ticket, True) for slot, part in parts}
        changes = self._demand.look(wanted, {need: self._published(need) for need in wanted}, now)
        for need in changes.drop:
            self._stop(need)
        for need, ticket in changes.open:
            self._start(need, ticket, now)
        for need in self._pulls.keys() & wanted.keys():
            self._pulls[need].ticket = wanted[need].ticket

    def _watched(self, now: float) -> dict[str, tuple[Want, set[str]]]:
        """The lessons that could come from above: the ticket that lasts longest, and the slots that are watched."""
        found: dict[str, tuple[Want, set[str]]] = {}
        self._asked = {name: one for name, one in self._asked.items() if now - one[1] < ASKED_FOR}
        asking = [(ticket, stage_key(ticket), ()) for ticket, _ in self._asked.values()]
        here = [one for one in self._sessions if one.ticket.ways and isinstance(one, Watching)]
        watching = [(one.ticket, one.lesson.id, one.slots) for one in here]
        for ticket, name, slots in (*watching, *asking):
            if not ways.above(ticket.ways, self._own):
                continue
            want, known = found.setdefault(name, (Want(ticket, ways.below_anchor(ticket, self._own)), set()))
            known.update(slots)
            if ticket.expires_at > want.ticket.expires_at:
                found[name] = Want(ticket, want.from_above), known
        return found

    def _published(self, need: Need) -> bool:
        """Whether somebody publishes here: into this slot, or of a whole lesson into any."""
        lesson = self._sessions.lessons.get(need.lesson)
        slots = [] if lesson is None else [slot for name, slot in lesson.slots.items() if need.slot in ("", name)]
        here = [slot.publication for slot in slots if slot.publication is not None]
        return any(not isinstance(publication.ticket, Pulled) for publication in here)

    def _start(self, need: Need, ticket: Ticket, now: float) -> None:
        if not need.slot:
            lesson = self._sessions.hold(ticket, now)
            calls = (self._look_soon, self._doubt, partial(self._release, need.lesson))
            follow = Follow(self._caller, lesson, ticket, self._own, self._failed, *calls)
            self._follows[need.lesson] = follow
            self._run(need, follow.run(), ticket)
        elif need.lesson in self._follows:
            whole = self._follows[need.lesson].whole[need.slot]
            self._pulls[need] = Pull(self._caller, need, whole, ticket, self._own, self._failed)
            self._run(need, self._pulls[need].run(), ticket)

    def _run(self, need: Need, work: Coroutine[Any, Any, None], ticket: Ticket) -> None:
        async def until_over() -> None:
            try:
                await work
            except Over:
                self._on_over(ticket.lesson)

        self._tasks[need] = asyncio.create_task(until_over())

    def _stop(self, need: Need) -> None:
        self._demand.forget(need)
        if need in self._tasks:
            self._tasks.pop(need).cancel()
        pull = self._pulls.pop(need, None)
        if pull is not None and pull.leg is not None:
            pull.leg.close("nobody watches any more", self._caller.clock())
        if not need.slot and need.lesson in self._follows:
            self._follows.pop(need.lesson).end(self._caller.clock())

    def _doubt(self, parent: str) -> None:
        """A relay does not answer: what comes from it will show soon whether it is still there."""
        for leg in self.legs:
            if leg.parent == parent:
                leg.doubt(self._caller.clock())

    def _release(self, lesson: str, slot: str) -> None:
        for need in [need for need in self._pulls if (need.lesson, need.slot) == (lesson, slot)]:
            self._stop(need)

    def publisher_comes(self, lesson: str, slot: str) -> None:
        """Somebody publishes here: what was pulled makes room at once."""
        if lesson in self._follows:
            self._follows[lesson].release(slot, self._caller.clock())

    def end(self, lesson_id: str) -> None:
        """The lesson is over, in all its stages: nothing of it comes in any more, from this moment on."""
        self._asked = {name: one for name, one in self._asked.items() if one[0].lesson != lesson_id}
        names = {name for name, follow in self._follows.items() if follow.ticket.lesson == lesson_id}
        for need in [need for need in (*self._pulls, *self._tasks) if need.lesson in names]:
            self._stop(need)

    async def close(self) -> None:
        for need in list(self._tasks):
            self._stop(need)
        await asyncio.sleep(0)
