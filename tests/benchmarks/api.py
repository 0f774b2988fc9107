"""List routes of the API at the size of the prefecture: the whole system with the demo's accounts, 8,281 classrooms and
a term of 40,000 lessons from the generator. Nobody teaches meanwhile: a demo lesson would spend a core on its video."""

import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import httpx

from core.embedded.ports import free_port
from tests.house import House, running

from .viewers import percentile

ROUTES = (
    "/api/lessons",
    "/api/lessons?limit=50",
    "/api/lessons?state=live",
    "/api/lessons?state=ended",
    "/api/lessons?q=音乐",
    "/api/rooms?limit=50",
    "/api/rooms?limit=50&q=小学",
    "/api/schools?limit=50",
    "/api/organisations?limit=50",
    "/api/people?limit=50",
)
CALLS = 100


@dataclass(frozen=True)
class Timing:
    """One route: milliseconds at the client, and of an empty route of a bare FastAPI app asked before it."""

    route: str
    p50: float
    p95: float
    floor_p50: float

    @property
    def ratio(self) -> float:
        return self.p50 / self.floor_p50


@contextmanager
def prefecture() -> Iterator[House]:
    """`songjiao run` in a temporary directory with the demo's people and the generated prefecture in it."""
    with tempfile.TemporaryDirectory() as data, running(Path(data)) as house:
        environment = house.process_of("web").environ()
        for command in ("demo-data", "generate"):
            subprocess.run([sys.executable, "-m", "songjiao", command], env=environment, check=True)
        yield house


@contextmanager
def bare() -> Iterator[httpx.Client]:
    """A FastAPI app with one empty route in a process of its own: what the frame costs on this machine, now."""
    port = free_port()
    command = [sys.executable, "-m", "uvicorn", "tests.benchmarks.bare:app", f"--port={port}", "--no-access-log"]
    with subprocess.Popen(command, stderr=subprocess.DEVNULL) as process:
        try:
            with httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=20) as client:
                _wait(client)
                yield client
        finally:
            process.terminate()


def lists() -> Iterator[Timing]:
    """Every list route, CALLS times, one after the other on one connection, each after the floor."""
    with prefecture() as house, house.api("admin") as client, bare() as floor:
        for route in ROUTES:
            least = percentile(times(floor, "/"), 0.5)
            taken = times(client, route)
            yield Timing(route, percentile(taken, 0.5), percentile(taken, 0.95), least)


def _wait(client: httpx.Client) -> None:
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline:
        with suppress(httpx.HTTPError):
            client.get("/")
            return
        time.sleep(0.05)
    raise TimeoutError("the bare app does not answer")


def times(client: httpx.Client, route: str) -> list[float]:
    """Milliseconds of CALLS answers, after a first one."""
    client.get(route).raise_for_status()
    times = []
    for _ in range(CALLS):
        start = time.perf_counter()
        client.get(route)
        times.append((time.perf_counter() - start) * 1000)
    return times
