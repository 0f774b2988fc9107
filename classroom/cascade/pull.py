"""Keeps one part of a slot coming: dials, dials again when the leg ends, and goes back to the nearest relay when that
answers again, without letting go of the one that serves until the other's first packet is here."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

import structlog

from classroom.cascade import ways
from classroom.cascade.caller import Caller, NoLeg
from classroom.cascade.demand import Need
from classroom.cascade.gathered import Gathered
from classroom.cascade.leg import Leg
from core.tickets import Ticket

FIRST_PAUSE, LONGEST_PAUSE = 0.1, 2.0
HEAL_EVERY = 5.0
"""Seconds between two looks at whether a nearer relay answers again."""
CHANGE_WITHIN = 2.0

log = structlog.get_logger()


class Pull:
    """`ticket` is changed from outside when a better one comes; `failed`, who did not answer, is shared by all."""

    def __init__(
        self, caller: Caller, need: Need, whole: Gathered, ticket: Ticket, own: str, failed: dict[str, float]
    ) -> None:
        self.need = need
        self.ticket = ticket
        self.leg: Leg | None = None
        self._caller = caller
        self._whole = whole
        self._own = own
        self._failed = failed

    async def run(self) -> None:
        """Until cancelled. Raises Over."""
        pause = FIRST_PAUSE
        try:
            while True:
                leg = await self._first(ways.in_order(self._parents, self._failed, self._caller.clock()))
                if leg is None:
                    await asyncio.sleep(pause)
                    pause = min(pause * 2, LONGEST_PAUSE)
                    continue
                pause = FIRST_PAUSE
                leg.join(self._whole, self._caller.clock())
                await self._stay(leg)
        finally:
            if self.leg is not None:
                self.leg.close("nobody watches any more", self._caller.clock())

    @property
    def _words(self) -> dict[str, str]:
        return {"lesson": self.need.lesson, "slot": self.need.slot, "layer": self.need.layer}

    @property
    def _parents(self) -> tuple[str, ...]:
        return ways.above(self.ticket.ways, self._own)

    async def _first(self, parents: Sequence[str]) -> Leg | None:
        for parent in parents:
            try:
                leg = await self._caller.call(self.need, self.ticket, parent)
            except NoLeg as reason:
                self._failed[parent] = self._caller.clock()
                log.info("leg_refused", **self._words, reason=str(reason))
            else:
                log.info("leg_began", **self._words, parent=parent, leg=leg.id)
                return leg
        return None

    async def _stay(self, leg: Leg) -> None:
        self.leg = leg
        while not leg.ended.is_set():
            try:
                async with asyncio.timeout(HEAL_EVERY):
                    await leg.ended.wait()
            except TimeoutError:
                leg = self.leg = await self._heal(leg)
        self._failed[leg.parent] = self._caller.clock()
        log.info("leg_ended", **self._words, parent=leg.parent, reason=leg.reason)

    async def _heal(self, leg: Leg) -> Leg:
        parents = self._parents
        nearer = parents[: parents.index(leg.parent)] if leg.parent in parents else parents
        better = await self._first(nearer)
        if better is None:
            return leg
        better.join(self._whole, self._caller.clock())
        try:
            async with asyncio.timeout(CHANGE_WITHIN):
                await leg.ended.wait()
        except TimeoutError:
            leg.close("a nearer relay serves", self._caller.clock())
        return better
