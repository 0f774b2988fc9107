"""The relay under load: µs per forwarded packet, loss, latency, joins, memory, each beside the same run's kernel floor.

One core for the relay (0), one for publisher and viewers (1). Packets are counted at the receivers' sockets.
"""

import json
import os
import secrets
import socket
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace

from core.embedded.ports import free_port
from core.tickets import Part, Ticket, TicketSigner

from . import janus
from .process import cpu_seconds, memory_bytes, started, wait_for

RELAY_CORE, LOAD_CORE = 0, 1
START_SECONDS = 15


@dataclass(frozen=True)
class Bench:
    """A relay of our own on random ports, with tickets for one lesson."""

    pid: int
    whip: str
    whep: str
    teacher: str
    viewer: str


@contextmanager
def bench_relay(secret: str | None = None, core: int = RELAY_CORE) -> Iterator[Bench]:
    """Start a relay without a control plane (no database, no Valkey)."""
    port, media, secret = free_port(), free_port(socket.SOCK_DGRAM), secret or secrets.token_hex(32)
    environment = {
        "SONGJIAO_SECRET_KEY": secret, "SONGJIAO_MAX_SESSIONS_PER_TICKET": "20000",
        "SONGJIAO_RELAY_NAME": f"relay-{port}",
    }  # fmt: skip
    command = ["-m", "songjiao", "relay", "--port", str(port), "--media-port", str(media)]
    signer, url = TicketSigner(secret), f"http://127.0.0.1:{port}"
    with started(command, core, environment) as process:
        _until_it_answers(f"{url}/api/health", process)
        teacher, viewer = signer.sign(_ticket("teacher")), signer.sign(_ticket("observer"))
        yield Bench(process.pid, f"{url}/whip/bench", f"{url}/whep/bench", teacher, viewer)


@contextmanager
def bench_siblings(count: int) -> Iterator[list[Bench]]:
    """Relays of one machine, each on a core of its own where there are enough; the lesson is the first one's, and the
    viewers of each other get it through that one."""
    secret, cores = secrets.token_hex(32), max(1, (os.cpu_count() or 2) - 1)
    signer = TicketSigner(secret)
    with ExitStack() as stack:
        made = []
        for at in range(count):
            core = 0 if at % cores == 0 else at % cores + LOAD_CORE
            made.append(stack.enter_context(bench_relay(secret, core)))
        root, *siblings = [one.whep.removesuffix("/whep/bench") for one in made]
        others = [replace(_ticket("observer"), ways=(address, root), anchor=root) for address in siblings]
        tickets = [made[0].viewer, *map(signer.sign, others)]
        yield [replace(one, viewer=ticket) for one, ticket in zip(made, tickets, strict=True)]


def _ticket(role: Part) -> Ticket:
    now = time.time()
    return Ticket(
        person=f"bench-{role}", name="bench", lesson="bench", stage="live", role=role, room=None, room_name=None,
        publish=("teacher",) if role == "teacher" else (), watch=True, human=True, takeover=False, max_sessions=20_000,
        issued_at=now, expires_at=now + 7200, id=secrets.token_hex(8),
    )  # fmt: skip


def _until_it_answers(url: str, process: subprocess.Popen[str]) -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        try:
            urllib.request.urlopen(url, timeout=1)
            return
        except urllib.error.HTTPError:
            return  # it answers; that a part of it is away is another matter
        except OSError:
            time.sleep(0.05)
    raise RuntimeError("the relay did not start")


@dataclass(frozen=True)
class Row:
    """One size of audience, measured."""

    viewers: int
    us_per_packet: float
    floor_us: float
    packets_per_second: float
    lost: int
    damaged: int
    latency_ms: list[float]
    first_video_ms: list[float]
    core_share: float
    kib_per_viewer: float = 0.0


def fan_out(viewers: int, seconds: float) -> Row:
    """One lesson at 230 packets/s to `viewers` rooms for `seconds`, then the floor at the same size."""
    with bench_relay() as bench, started(publisher_of(bench), LOAD_CORE) as publisher:
        wait_for(publisher, "publishing")
        return _loaded([bench.pid], bench.whep, bench.viewer, viewers, seconds)


def spread_out(viewers: int, seconds: float, relays: int = 2) -> Row:
    """The same lesson over sibling relays of one machine, an equal share of the viewers at each."""
    with bench_siblings(relays) as made, started(publisher_of(made[0]), LOAD_CORE) as publisher:
        wait_for(publisher, "publishing")
        urls, tickets = ",".join(one.whep for one in made), ",".join(one.viewer for one in made)
        return _loaded([one.pid for one in made], urls, tickets, viewers, seconds)


def other(viewers: int, seconds: float) -> Row:
    """The same through Janus. Call it only where `janus.folder` finds it."""
    with janus.janus(RELAY_CORE, LOAD_CORE) as (pid, url):
        return _loaded([pid], url, "-", viewers, seconds)


def _loaded(pids: Sequence[int], url: str, ticket: str, viewers: int, seconds: float) -> Row:
    memory = sum(map(memory_bytes, pids))
    command = ["-m", "tests.benchmarks.viewers", url, ticket, str(viewers), str(seconds)]
    with started(command, LOAD_CORE) as load:
        wait_for(load, "counting")
        memory = sum(map(memory_bytes, pids)) - memory
        before, start = sum(map(cpu_seconds, pids)), time.monotonic()
        assert load.stdout
        result = json.loads(load.stdout.readline())
        used, elapsed = sum(map(cpu_seconds, pids)) - before, time.monotonic() - start
    return Row(
        viewers, used * 1e6 / result["packets"], floor(viewers), result["packets"] / elapsed, result["lost"],
        result["damaged"], result["latency_ms"], result["first_video_ms"], used / elapsed, memory / 1024 / viewers,
    )  # fmt: skip


def floor(count: int, seconds: float = 5.0) -> float:
    """µs per packet of `sendmmsg` alone, on the relay's core, to sockets that are read on the other."""
    with started(["-m", "tests.benchmarks.readers", str(count)], LOAD_CORE) as readers:
        assert readers.stdout
        ports = readers.stdout.readline().strip()
        with started(["-m", "tests.benchmarks.floor", ports, str(seconds)], RELAY_CORE) as process:
            assert process.stdout
            return float(process.stdout.readline())


@dataclass(frozen=True)
class Idle:
    """What a joined peer costs while nobody teaches."""

    peers: int
    join_ms: float
    kib_per_peer: float
    ms_per_second: float


def idle(peers: int = 300, seconds: float = 10.0) -> Idle:
    """CPU to join, memory per peer, CPU per peer and second afterwards."""
    with bench_relay() as bench:
        memory, cpu = memory_bytes(bench.pid), cpu_seconds(bench.pid)
        command = ["-m", "tests.benchmarks.idle", bench.whep, bench.viewer, str(peers), str(seconds)]
        with started(command, LOAD_CORE) as load:
            wait_for(load, "joined")
            joined, now = cpu_seconds(bench.pid), time.monotonic()
            kib = (memory_bytes(bench.pid) - memory) / 1024 / peers
            wait_for(load, "done")
            rest = (cpu_seconds(bench.pid) - joined) * 1000 / peers / (time.monotonic() - now)
    return Idle(peers, (joined - cpu) * 1000 / peers, kib, rest)


def long_lesson(viewers: int = 50, seconds: float = 600.0) -> tuple[Row, list[int]]:
    """A whole lesson: the row, and the relay's memory in KiB every tenth of it."""
    samples: list[int] = []
    with bench_relay() as bench, started(publisher_of(bench), LOAD_CORE) as publisher:
        wait_for(publisher, "publishing")
        command = ["-m", "tests.benchmarks.viewers", bench.whep, bench.viewer, str(viewers), str(seconds)]
        with started(command, LOAD_CORE) as load:
            wait_for(load, "counting")
            before = cpu_seconds(bench.pid)
            for _ in range(10):
                samples.append(memory_bytes(bench.pid) // 1024)
                time.sleep(seconds / 10 - 0.05)
            assert load.stdout
            result = json.loads(load.stdout.readline())
            used = cpu_seconds(bench.pid) - before
    row = Row(
        viewers, used * 1e6 / result["packets"], floor(viewers), result["packets"] / seconds, result["lost"],
        result["damaged"], result["latency_ms"], result["first_video_ms"], used / seconds,
    )  # fmt: skip
    return row, samples


def publisher_of(bench: Bench) -> list[str]:
    return ["-m", "tests.benchmarks.publisher", bench.whip, bench.teacher]
