"""The recorder process: asks the web which lessons are live, records those whose policy says so, and hands them over.

    web        which lessons (every two seconds, and at once when Valkey tells an order)
    relays     voice and picture, by WHEP, as relays below get them
    disk       every part as it comes
    library    full parts while the lesson runs, the rest at its end

Each of the four may be away: what can go on goes on. What an earlier process left on the disk is taken up again.
"""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import AsyncIterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

import httpx
import structlog
from fastapi import FastAPI
from redis.exceptions import RedisError

from classroom.orders import CHANNEL
from classroom.recorder import app
from classroom.recorder.leases import Leases
from classroom.recorder.lesson import SLOTS, LessonRecording
from classroom.recorder.line import Phone
from classroom.recorder.shelf import Facts, LessonShelf
from classroom.recorder.web import Away, Refused, Web
from classroom.relay.process import steady_clock
from classroom.transport.port import MediaPort
from core import service_keys, tls, valkey
from core.clock import timestamp
from core.embedded.ports import bind
from core.errors import StartError
from core.serve import Server, configuration
from core.service_keys import ServiceKey
from core.settings import DataSettings, RecorderSettings, RedisSettings, SecretSettings, WebSettings, bracketed, load
from core.tickets import TicketSigner, verifier

TICK = 0.02
LOOK_EVERY = 2.0
OWN_KEY_SECONDS = 400 * 86400.0
WITH_ROOMS, WITHOUT_ROOMS = "teacher_board_rooms", "teacher_board"
LOST = 30.0
"""Seconds after a lesson's latest end for which its recording waits for the web to say so."""

log = structlog.get_logger()


def run(settings: RecorderSettings) -> None:
    """Until SIGINT or SIGTERM. Raises StartError with one sentence."""
    with bind(settings.host, settings.port, "SONGJIAO_RECORDER_PORT") as http:
        url = settings.url or f"http://{bracketed(settings.host)}:{http.getsockname()[1]}"
        recorder = Recorder(settings, url)
        config = configuration(recorder.app)
        config.ssl_certfile = config.ssl_keyfile = None  # only the web asks here, inside
        config.timeout_graceful_shutdown = 1
        Server(config).run(sockets=[http])


def _service_key(settings: RecorderSettings) -> str:
    secret = load(SecretSettings).secret_key
    if settings.service_key:
        return settings.service_key
    if not secret:
        raise StartError("SONGJIAO_SERVICE_KEY must be set; `songjiao run` sets it by itself.")
    return service_keys.sign(TicketSigner(secret), ServiceKey("recorder", timestamp() + OWN_KEY_SECONDS))


def _trust() -> ssl.SSLContext:
    trust = ssl.create_default_context()
    authority = tls.authority_file(load(DataSettings).data / "tls")
    if authority.exists():
        trust.load_verify_locations(authority)
    return trust


class Recorder:
    def __init__(self, settings: RecorderSettings, url: str) -> None:
        self.lessons: dict[str, LessonRecording] = {}
        self._clock = steady_clock()
        self._folder: Path = settings.data / "recordings"
        self._disk = ThreadPoolExecutor(1, thread_name_prefix="disk")
        self._http = httpx.AsyncClient(verify=_trust())
        self._web = Web(self._http, settings.web_url or load(WebSettings).url, _service_key(settings))
        redis_url = load(RedisSettings).redis_url
        self._valkey = valkey.connect(redis_url) if redis_url else None
        self._leases = Leases(self._valkey, settings.name, url)
        # the local side of calls to relays, wherever those are
        self._media = MediaPort.open(["0.0.0.0"], 0, self._clock)  # noqa: S104
        self._phone = Phone(self._http, self._media, self._clock)
        self._look_now = asyncio.Event()
        self._tasks: set[asyncio.Task[None]] = set()
        secret = load(SecretSettings)
        try:
            checks = verifier(secret.secret_key, secret.ticket_public_key)
        except ValueError as error:
            raise StartError(f"The recorder cannot check tickets: {error}.") from None
        self.app = app.build(self.lessons, checks, self._phone.counters, self._lifespan)

    @asynccontextmanager
    async def _lifespan(self, _: FastAPI) -> AsyncIterator[None]:
        loop = asyncio.get_running_loop()
        self._take_up()
        self._start(self._look_again())
        if self._valkey is not None:
            self._start(self._listen())
        self._next_tick = loop.call_soon(self._tick, loop)
        log.info("recorder_started", found=len(self.lessons))
        yield
        self._next_tick.cancel()
        await valkey.end(self._tasks)
        for lesson in self.lessons.values():
            lesson.stop(self._clock())
        self._disk.shutdown()
        await self._http.aclose()

    def _start(self, work: Any) -> None:
        task: asyncio.Task[None] = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    def _tick(self, loop: asyncio.AbstractEventLoop) -> None:
        self._next_tick = loop.call_later(TICK, self._tick, loop)
        now = self._clock()
        self._media.tick(now)
        self._phone.tick(now)
        for lesson in self.lessons.values():
            lesson.tick(now)

    def _take_up(self) -> None:
        """What an earlier process left."""
        for folder in sorted(self._folder.glob("*/recording.json")):
            try:
                shelf = LessonShelf.found(folder.parent, self._disk)
            except (ValueError, TypeError, OSError) as error:
                log.warning("recording_unreadable", folder=folder.parent.name, error=str(error))
                continue
            lesson = self._add(shelf)
            if shelf.facts.ticket and not shelf.facts.over and timestamp() < shelf.facts.until:
                lesson.begin()

    def _add(self, shelf: LessonShelf) -> LessonRecording:
        lesson = self.lessons[shelf.facts.lesson] = LessonRecording(shelf, self._web, self._phone)
        self._start(self._hand_over(lesson))
        return lesson

    async def _hand_over(self, lesson: LessonRecording) -> None:
        await lesson.run()
        self.lessons.pop(lesson.id, None)
        await self._leases.tell(lesson.id, None)
        await self._leases.give_back(lesson.id)

    # -- which lessons

    async def _look_again(self) -> None:
        while True:
            try:
                await self._look()
            except Away as reason:
                log.info("web_away", reason=str(reason))
            except Refused as refusal:
                log.warning("web_refuses", reason=str(refusal))
            await self._leases.live()
            for lesson in list(self.lessons.values()):
                await self._leases.tell(lesson.id, lesson.fact(self._clock()))
            self._look_now.clear()
            try:
                async with asyncio.timeout(LOOK_EVERY):
                    await self._look_now.wait()
            except TimeoutError:
                continue

    async def _look(self) -> None:
        self._end_the_lost()
        live = {one["id"]: one for one in await self._web.live_lessons() if SLOTS.get(one["recording"])}
        for identity, one in live.items():
            if await self._leases.take(identity):
                await self._record(identity, await self._policy(identity, one["recording"]))
        for identity, lesson in list(self.lessons.items()):
            if identity not in live and not lesson.shelf.facts.over:
                await self._doubt(lesson)

    async def _policy(self, identity: str, planned: str) -> str:
        """Rooms only while all their families agree."""
        if planned == WITH_ROOMS and not await self._web.records_rooms(identity):
            return WITHOUT_ROOMS
        return planned

    async def _record(self, identity: str, policy: str) -> None:
        lesson = self.lessons.get(identity)
        if lesson is not None and (lesson.source or lesson.shelf.facts.over):
            return lesson.follow(policy)
        ticket = await self._web.ticket(identity)
        if lesson is None:
            until = timestamp_of(ticket["expires_at"])
            lesson = self._add(LessonShelf(self._folder / identity, Facts(identity, until), self._disk))
        facts = lesson.shelf.facts
        facts.policy, facts.addresses, facts.ticket = policy, ticket["whep_urls"], ticket["ticket"]
        lesson.begin()
        log.info("recording_begins", lesson=identity, slots=SLOTS[policy])

    async def _doubt(self, lesson: LessonRecording) -> None:
        """It is not among the live ones: over, or out of sight."""
        try:
            told = await self._web.lesson(lesson.id)
        except Refused:
            told = {"state": "ended"}
        if told["state"] == "ended":
            lesson.finish(self._clock())

    def _end_the_lost(self) -> None:
        """A web that is away cannot say that a lesson is over; its latest end is known."""
        for lesson in self.lessons.values():
            if timestamp() > lesson.shelf.facts.until + LOST:
                lesson.finish(self._clock())

    async def _listen(self) -> None:
        """An order may be about a lesson that is recorded: look at once."""
        assert self._valkey is not None
        while True:
            try:
                async with self._valkey.pubsub() as channel:
                    await channel.subscribe(CHANNEL)
                    while True:
                        if await channel.get_message(ignore_subscribe_messages=True, timeout=5.0):
                            self._look_now.set()
            except (RedisError, OSError):
                await asyncio.sleep(1.0)


def timestamp_of(text: str) -> float:
    return datetime.fromisoformat(text).timestamp()
