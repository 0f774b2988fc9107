"""Whoever has left is freed at once, without the collector, which hardly ever looks in a relay (process.py): else a
flood of joins, or a month of lessons, would fill the memory with sessions that nobody can reach any more."""

import asyncio
import gc
import time
import weakref
from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from classroom.relay import fanout
from classroom.relay.counters import Counters
from classroom.relay.session import Session
from classroom.relay.sessions import Sessions
from classroom.transport import offer
from core.tickets import Part
from tests.classroom.conftest import make_ticket, viewer_ticket
from tests.classroom.transport.caller import Caller
from tests.classroom.transport.conftest import Bench, until

OFFERS = Path(__file__).parent.parent / "transport" / "offers"


class House:
    """A relay without its process: sessions at a bench's port."""

    def __init__(self, bench: Bench) -> None:
        counters = Counters()
        self.bench = bench
        self.sessions = Sessions(bench.port, fanout.choose(counters), counters, ["127.0.0.1"], most_per_ticket=9)

    def begin(self, door: str, role: Part = "classroom") -> tuple[Session, Caller]:
        caller = Caller(("127.0.0.1", self.bench.port.number))
        self.bench.callers.append(caller)
        name = "chromium-simulcast.sdp" if door == "whip" else "chromium-viewer.sdp"
        read = offer.read((OFFERS / name).read_bytes())
        said, now = replace(read, credentials=caller.local, fingerprints=caller.fingerprints), self.bench.clock()
        if door == "whip":
            session, _ = self.sessions.publish(make_ticket(), "teacher", said, now)
        else:
            session, _ = self.sessions.watch(viewer_ticket(role=role), (), said, now)
        caller.remote = session.peer.agent.local
        return session, caller


@pytest.fixture
async def house() -> AsyncIterator[House]:
    bench = Bench(["127.0.0.1"])
    bench.port.attach(asyncio.get_running_loop())
    yield House(bench)
    for caller in bench.callers:
        caller.close()
    bench.port.detach(asyncio.get_running_loop())


@pytest.fixture
def no_collector() -> Iterator[None]:
    gc.collect()
    gc.disable()
    yield
    gc.enable()


def watched(session: Session) -> list[Callable[[], object]]:
    kept = session, session.peer, session.peer._ssl
    return [weakref.ref(one) for one in kept if one is not None]


async def come_and_go(house: House, door: str) -> list[Callable[[], object]]:
    session, caller = house.begin(door)
    await caller.check()
    await caller.handshake()
    await until(lambda: session.connected)
    house.sessions.tick(house.bench.clock(), time.time())
    refs = watched(session)
    session.close("left", house.bench.clock())
    return refs


@pytest.mark.usefixtures("no_collector")
@pytest.mark.parametrize("door", ["whip", "whep"])
async def test_who_was_connected_is_freed_when_it_leaves(house: House, door: str) -> None:
    refs = await come_and_go(house, door)
    house.sessions.tick(house.bench.clock() + 2.0, time.time())
    assert not any(ref() for ref in refs)


@pytest.mark.usefixtures("no_collector")
@pytest.mark.parametrize("door", ["whip", "whep"])
async def test_who_never_connected_is_freed_when_its_time_is_up(house: House, door: str) -> None:
    session, caller = house.begin(door)
    await caller.check()
    refs = watched(session)
    del session
    house.bench.later(31.0)
    house.sessions.tick(house.bench.clock(), time.time())
    assert not any(ref() for ref in refs)


@pytest.mark.usefixtures("no_collector")
async def test_a_teacher_who_was_replaced_is_freed(house: House) -> None:
    first, _ = house.begin("whip")
    refs = watched(first)
    second, _ = house.begin("whip")
    first.close("replaced", house.bench.clock())
    del first
    house.sessions.tick(house.bench.clock(), time.time())
    assert not any(ref() for ref in refs)
    assert second.peer.state == "new"


@pytest.mark.parametrize(
    ("role", "keeps"), [("classroom", False), ("observer", False), ("relay", True), ("recorder", True)]
)
async def test_of_the_viewers_only_relays_and_recorders_keep_the_association_that_reads_their_good_bye(
    house: House, role: Part, keeps: bool
) -> None:
    session, caller = house.begin("whep", role)
    await caller.check()
    await caller.handshake()
    await until(lambda: session.connected)
    assert (session.peer._ssl is not None) is keeps
