"""A relay's place in the tree: it says every two seconds that it lives and how it does, into Valkey or to the relay
above, and hands its ledger on the same way."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable
from dataclasses import replace

import httpx
import structlog
from redis.asyncio import Redis
from redis.exceptions import RedisError

from classroom.cascade import registry, report
from classroom.cascade.deliver import Delivery
from classroom.cascade.leg import Leg
from classroom.cascade.lines import Lines, LinesBelow
from classroom.cascade.orders_from_above import Bell
from classroom.cascade.puller import Puller
from classroom.cascade.registry import EVERY, Card, LegNow
from classroom.cascade.report import Children, Report
from classroom.cascade.spool import Entry, Spool
from classroom.relay.counters import Counters
from classroom.relay.sessions import Sessions
from classroom.transport.traffic import Traffic
from core.settings import RelaySettings, TreeSettings

LEDGER_EVERY = 60.0
PATIENCE = 3.0
AWAY = (RedisError, httpx.HTTPError, OSError, ValueError, TimeoutError)

log = structlog.get_logger()


class Membership:
    """`clock` gives seconds since 1970. `run` until cancelled."""

    def __init__(
        self,
        settings: RelaySettings,
        tree: TreeSettings,
        sessions: Sessions,
        puller: Puller,
        traffic: tuple[Traffic, Counters],
        clock: Callable[[], float],
    ) -> None:
        self.children = Children()
        self.spool = Spool(tree.data, settings.name)
        self.draining = False
        self.lines = Lines()
        self.hurry = Bell()
        """Rung for what should be told at once."""
        self.below: LinesBelow | None = None
        """Where there is Valkey: writes down what relays below say of their rooms."""
        self._settings = settings
        self._tree = tree
        self._sessions = sessions
        self._puller = puller
        self._traffic, self._counters = traffic
        self._clock = clock
        self._rates = (clock(), 0, 0, 0.0, 0.0)
        self._ledger_due = clock() + LEDGER_EVERY
        self._silent = False

    def card(self) -> Card:
        now = self._clock()
        kbps_in, kbps_out = self._measure(now)
        return Card(
            name=self._settings.name,
            address=self._settings.url,
            tier=self._tree.tier,
            place=self._tree.place,
            parent=self._tree.parent,
            capacity=self._tree.capacity,
            draining=self.draining,
            sessions=len(self._sessions),
            lessons=len(self._sessions.lessons),
            kbps_in=kbps_in,
            kbps_out=kbps_out,
            legs=tuple(leg.measure(now) for leg in self._puller.legs),
            seen=now,
        )

    def _measure(self, now: float) -> tuple[float, float]:
        before, came, went, kbps_in, kbps_out = self._rates
        if now - before >= 1.0:
            total_in = self._traffic.bytes_in
            total_out = self._traffic.bytes_out + self._counters.sent_bytes
            kbps_in = round((total_in - came) * 8 / 1000 / (now - before), 1)
            kbps_out = round((total_out - went) * 8 / 1000 / (now - before), 1)
            self._rates = now, total_in, total_out, kbps_in, kbps_out
        return kbps_in, kbps_out

    def leg_ended(self, leg: Leg) -> None:
        if leg.figures.packets:
            self._note(leg.measure(self._clock()))

    def _note(self, leg: LegNow) -> None:
        self.spool.put(Entry(self._settings.name, self._tree.tier, leg))

    def hear(self, reports: list[Report]) -> list[tuple[str, float]]:
        """From relays below. Returns what is kept here now. Raises OSError when it cannot be."""
        known = [one.seats for one in self.children.living(self._clock())]
        self.children.hear([replace(one, ledger=()) for one in reports], self._clock())
        if [one.seats for one in self.children.living(self._clock())] != known:
            self.hurry.ring()
        entries = [entry for one in reports for entry in one.ledger]
        for entry in entries:
            self.spool.put(entry)
        self.spool.save()
        return [(entry.leg.id, entry.leg.until) for entry in entries]

    async def run(self, valkey: Redis | None, http: httpx.AsyncClient) -> None:
        self.spool.load()
        delivery = Delivery(valkey, self.spool) if valkey else None
        try:
            while True:
                self._write_down()
                try:
                    async with asyncio.timeout(PATIENCE):
                        await self._tell(valkey, delivery, http)
                    self._silent = False
                except AWAY as error:
                    if not self._silent:  # one line an outage
                        log.warning("tree_not_told", error=str(error) or type(error).__name__)
                    self._silent = True
                await self.hurry.wait(EVERY)
        finally:
            await self._say_goodbye(valkey, delivery, http)

    async def _say_goodbye(self, valkey: Redis | None, delivery: Delivery | None, http: httpx.AsyncClient) -> None:
        """With the last totals; tickets name others from now on."""
        self._write_down(final=True)
        self.draining = True
        with contextlib.suppress(*AWAY):
            await self._tell(valkey, delivery, http)
            if valkey is not None:
                await registry.leave(valkey, self._settings.name)

    def _write_down(self, final: bool = False) -> None:
        now = self._clock()
        if final or now >= self._ledger_due:
            self._ledger_due = now + LEDGER_EVERY
            for leg in self._puller.legs:
                if leg.figures.packets:
                    self._note(leg.measure(now))
        try:
            self.spool.save()
        except OSError as error:
            log.warning("ledger_not_kept", error=str(error))

    async def _tell(self, valkey: Redis | None, delivery: Delivery | None, http: httpx.AsyncClient) -> None:
        if valkey is not None and delivery is not None:
            children = self.children.living(self._clock())
            for card in (self.card(), *(one.card for one in children)):
                await registry.register(valkey, card)
            self._tell_lines(children)
            await delivery.deliver(self._clock())
        elif self._tree.parent and self._tree.key:
            await self._tell_parent(self._tree.parent, self._tree.key, http)

    def _tell_lines(self, children: list[Report]) -> None:
        if self.below is None:
            return
        for one in children:
            anchors = one.card.tier != "school"  # nothing is anchored behind a school's router
            self.below.hear(one.card.name, one.lines, one.seats if anchors else ())
        self.below.keep(one.card.name for one in children)

    async def _tell_parent(self, parent: str, key: str, http: httpx.AsyncClient) -> None:
        """The ledger of relays below goes up under their own names, so each is told by its own report."""
        by_child: dict[str, list[Entry]] = {}
        for entry in self.spool.entries[: report.MOST_ENTRIES]:
            by_child.setdefault(entry.child, []).append(entry)
        ledger = tuple(by_child.get(self._settings.name, ()))
        own = Report(key, self.card(), ledger, self.lines.now, self.lines.seats)
        below = [
            replace(one, ledger=tuple(by_child.get(one.card.name, ()))) for one in self.children.living(self._clock())
        ]
        said = await http.post(f"{parent}/cascade/report", content=report.write([own, *below]))
        said.raise_for_status()
        self.spool.taken(report.read_taken(said.content).taken)
