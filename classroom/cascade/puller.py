"""Pulls from above what is watched here and published elsewhere: looks a few times a second, and runs one `Pull` for
each slot that is wanted."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Iterator

import structlog

from classroom.cascade import ways
from classroom.cascade.caller import Caller, Over
from classroom.cascade.demand import Demand, Need, Want
from classroom.cascade.leg import Leg, Pulled
from classroom.cascade.pull import Pull
from classroom.relay.lesson import Lesson
from classroom.relay.session import Session, Watching
from classroom.relay.sessions import Sessions
from core.tickets import Ticket

LOOK_EVERY = 0.5
"""Seconds; at once when somebody came."""

log = structlog.get_logger()


class Puller:
    """`own` is this relay's address as tickets name it. `on_over(lesson)`: the relay above says that it has ended."""

    def __init__(self, sessions: Sessions, caller: Caller, own: str, on_over: Callable[[str], None]) -> None:
        self._sessions = sessions
        self._caller = caller
        self._own = own
        self._on_over = on_over
        self._demand = Demand()
        self._pulls: dict[Need, tuple[Pull, asyncio.Task[None]]] = {}
        self._failed: dict[str, float] = {}
        self._looked_at = float("-inf")
        self._seen = -1

    @property
    def legs(self) -> Iterator[Leg]:
        """Those that carry something now."""
        for pull, _ in self._pulls.values():
            if pull.leg is not None and not pull.leg.ended.is_set():
                yield pull.leg

    def tick(self, now: float) -> None:
        """Every 20 ms."""
        self._caller.dialing.tick(now)
        if self._seen != self._sessions.joined or now - self._looked_at >= LOOK_EVERY:
            self._seen, self._looked_at = self._sessions.joined, now
            self._look(now)

    def _look(self, now: float) -> None:
        wanted = wants(self._sessions, self._own)
        published = {need: _published(self._sessions.lessons.get(need.lesson), need.slot) for need in wanted}
        changes = self._demand.look(wanted, published, now)
        for need in changes.drop:
            self._stop(need)
        for need, ticket in changes.open:
            self._start(need, ticket)
        for need, want in wanted.items():
            if need in self._pulls:
                self._pulls[need][0].ticket = want.ticket

    def _start(self, need: Need, ticket: Ticket) -> None:
        lesson = self._sessions.lessons[need.lesson]
        pull = Pull(self._caller, need, lesson, ticket, self._own, self._failed)
        task = asyncio.create_task(self._run(pull, ticket.lesson))
        self._pulls[need] = pull, task

    async def _run(self, pull: Pull, lesson_id: str) -> None:
        try:
            await pull.run()
        except Over:
            self._on_over(lesson_id)

    def _stop(self, need: Need) -> None:
        if need in self._pulls:
            _, task = self._pulls.pop(need)
            task.cancel()

    def publisher_comes(self, lesson: str, slot: str) -> None:
        """Somebody publishes here: what was pulled makes room at once."""
        for need in [need for need in self._pulls if (need.lesson, need.slot) == (lesson, slot)]:
            self._stop(need)

    def end(self, lesson_id: str) -> None:
        """The lesson is over, in all its stages: nothing of it comes in any more, from this moment on."""
        for need, (pull, _) in list(self._pulls.items()):
            if pull.ticket.lesson == lesson_id:
                if pull.leg is not None:
                    pull.leg.close("the lesson is over", self._caller.clock())
                self._stop(need)
                self._demand.forget(need.lesson)

    async def close(self) -> None:
        tasks = [task for _, task in self._pulls.values()]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


def wants(sessions: Iterable[Session], own: str) -> dict[Need, Want]:
    """For each slot that somebody watches here and could come from above: the ticket that lasts longest."""
    found: dict[Need, Want] = {}
    for session in sessions:
        if not isinstance(session, Watching) or not ways.above(session.ticket.ways, own):
            continue
        want = Want(session.ticket, ways.below_anchor(session.ticket, own))
        for slot in session.slots:
            need = Need(session.lesson.id, slot)
            if need not in found or session.ticket.expires_at > found[need].ticket.expires_at:
                found[need] = want
    return found


def _published(lesson: Lesson | None, slot: str) -> bool:
    """Whether somebody publishes into the slot here."""
    if lesson is None or slot not in lesson.slots:
        return False
    publication = lesson.slots[slot].publication
    return publication is not None and not isinstance(publication.ticket, Pulled)
