"""The relay process: one UDP port, one HTTP port, one timer for everything, in one loop.

Media needs nothing but this process. Valkey, which carries orders and reports, may be away.
"""

from __future__ import annotations

import asyncio
import gc
import signal
import time
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager
from typing import Any

import httpx
import structlog
from starlette.applications import Starlette

from classroom.cascade import door as cascade
from classroom.cascade.caller import Caller
from classroom.cascade.lines import Lines, LinesBelow
from classroom.cascade.membership import Membership
from classroom.cascade.offers import Waiting
from classroom.cascade.orders_from_above import Bell, OrdersAbove
from classroom.cascade.puller import Puller
from classroom.door import Doorway, SeenTickets
from classroom.interaction.log import LessonLog, lesson_of_stage_key
from classroom.interaction.reporting import RelayReports
from classroom.relay import app, fanout
from classroom.relay.counters import Counters
from classroom.relay.gauges import Gauges
from classroom.relay.impatience import Impatient, allow_many_connections
from classroom.relay.news import News
from classroom.relay.orders_from_valkey import Orders
from classroom.relay.pauses import Pauses
from classroom.relay.sessions import Sessions
from classroom.transport import tcp
from classroom.transport.port import MediaPort
from core import valkey
from core.clock import timestamp
from core.embedded.ports import bind
from core.errors import StartError
from core.serve import Server, configuration
from core.settings import RedisSettings, RelaySettings, SecretSettings, TreeSettings, TurnSettings, load
from core.tickets import TicketVerifier, verifier

TICK = 0.02
GC_THRESHOLDS = (50_000, 20, 100)
"""Packets make no cycles: Python's own 700 allocations would have it look ten times a second for nothing."""

CONNECTIONS = httpx.Limits(max_connections=2000, max_keepalive_connections=100, keepalive_expiry=2.0)
"""To relays above: one waits for each lesson. Idle ones go before the other side closes them, after 5 s."""

log = structlog.get_logger()


def run(settings: RelaySettings, tree: TreeSettings) -> None:
    """Until SIGINT or SIGTERM. Raises StartError with one sentence."""
    checks = _verifier()
    with bind(settings.host, settings.port, "SONGJIAO_RELAY_PORT") as http:
        relay = Relay(settings, tree, checks, steady_clock())
        config = configuration(relay.app)
        config.timeout_graceful_shutdown = 1
        config.http = Impatient
        allow_many_connections()
        Server(config).run(sockets=[http])


def steady_clock() -> Callable[[], float]:
    """Seconds since 1970 that never step back: the wall clock's offset is taken once."""
    offset = timestamp() - time.monotonic()
    return lambda: time.monotonic() + offset


def _verifier() -> TicketVerifier:
    secret = load(SecretSettings)
    try:
        return verifier(secret.secret_key, secret.ticket_public_key)
    except ValueError as error:
        raise StartError(f"The relay cannot check tickets: {error}.") from None


class Relay:
    def __init__(
        self, settings: RelaySettings, tree: TreeSettings, checks: TicketVerifier, clock: Callable[[], float]
    ) -> None:
        self._clock = clock
        self._media = MediaPort.open(settings.media_addresses, settings.media_port, clock)
        self._listeners = tcp.listen(self._media.sockets)
        counters = Counters()
        sending = fanout.choose(counters)
        self._media.before_media, self._media.after_media = sending.gather, sending.release
        self._sessions = Sessions(
            self._media,
            sending,
            counters,
            advertised=settings.media_addresses,
            most_per_ticket=settings.max_sessions_per_ticket,
        )
        self._log = _lesson_log()
        self._reports = RelayReports(self._log, settings.name) if self._log else None
        lines = Lines()
        self._news = News(self._sessions, self._reports or lines)
        self._http = httpx.AsyncClient(limits=CONNECTIONS)
        self._caller = Caller(self._http, self._media, settings.name, clock)
        self._puller = Puller(self._sessions, self._caller, settings.url, self._over)
        self._sessions.on_publish = self._puller.publisher_comes
        traffic = (self._media.traffic, counters)
        self._membership = Membership(settings, tree, self._sessions, self._puller, traffic, clock)
        self._caller.on_leg_end = self._membership.leg_ended
        self._membership.lines = lines
        lines.on_seat = self._membership.hurry.ring
        self._membership.below = LinesBelow(self._reports) if self._reports else None
        self._waiting = Waiting()
        doorway = Doorway(
            self._sessions,
            SeenTickets(checks),
            clock,
            load(TurnSettings),
            settings.public_url,
            address=settings.url,
            name=settings.name,
        )
        orders = Bell()
        self._sessions.standing.on_change = orders.ring
        relays = cascade.routes(
            cascade.Tree(doorway, self._membership, self._puller, self._waiting, orders, checks, timestamp)
        )
        self._above = self._orders_above(settings, tree)
        gauges = Gauges(self._media.traffic, counters, self._sessions)
        self.app = app.build(doorway, relays, gauges, settings, self._lifespan)

    @asynccontextmanager
    async def _lifespan(self, _: Starlette) -> AsyncIterator[None]:
        loop = asyncio.get_running_loop()
        self._media.attach(loop)
        loop.add_signal_handler(signal.SIGUSR1, self._drain)
        tasks = [asyncio.create_task(one) for one in self._background()]
        self._next_tick = loop.call_soon(self._tick, loop)
        _calm_the_collector()
        async with tcp.serving(self._listeners, self._media.traffic):
            log.info("relay_started", media_port=self._media.number)
            yield
        self._next_tick.cancel()
        self._sessions.close_all(self._clock())
        await self._puller.close()
        self._media.detach(loop)
        await valkey.end(tasks)
        await self._http.aclose()

    def _background(self) -> list[Coroutine[Any, Any, None]]:
        member = self._membership.run(self._log.valkey if self._log else None, self._http)
        standing = self._sessions.standing
        if self._log is not None and self._reports is not None:
            orders = Orders(self._log, self._obey, self._unseat)
            self._sessions.on_new_lesson = orders.watch
            standing.on_asked = lambda name: orders.watch(lesson_of_stage_key(name))
            pauses = Pauses(self._log, self._sessions, self._clock)
            return [self._reports.run(), orders.run(), pauses.run(), member]
        if self._above is not None:
            self._sessions.on_new_lesson = standing.on_asked = self._above.look
            return [self._above.run(self._obey, self._unseat), member]
        return [member]

    def _orders_above(self, settings: RelaySettings, tree: TreeSettings) -> OrdersAbove | None:
        """Where orders come from without Valkey."""
        if tree.parent is None or tree.key is None:
            return None
        return OrdersAbove(self._sessions, self._http, (tree.parent, tree.key, settings.url), self._clock)

    def _obey(self, lesson: str, reason: str) -> None:
        self._puller.end(lesson)
        self._sessions.order(lesson, reason, self._clock())
        self._waiting.wake_all()

    def _unseat(self, lesson: str, person: str) -> None:
        self._sessions.unseat(lesson, person, self._clock())

    def _drain(self) -> None:
        """Before an upgrade: tickets name other relays from now on, and whoever is here is sent on to them."""
        log.info("relay_drains", sessions=len(self._sessions))
        self._membership.draining = self._sessions.draining = True

    def _over(self, lesson: str) -> None:
        self._obey(lesson, "order: the relay above says so")

    def _tick(self, loop: asyncio.AbstractEventLoop) -> None:
        self._next_tick = loop.call_later(TICK, self._tick, loop)
        now = self._clock()
        self._media.tick(now)
        self._sessions.tick(now, timestamp())
        self._puller.tick(now)
        self._waiting.tick(self._sessions.lessons, now)
        self._news.tick(now)


def _lesson_log() -> LessonLog | None:
    url = load(RedisSettings).redis_url
    return LessonLog(valkey.connect(url)) if url else None


def _calm_the_collector() -> None:
    gc.collect()
    gc.freeze()
    gc.set_threshold(*GC_THRESHOLDS)
