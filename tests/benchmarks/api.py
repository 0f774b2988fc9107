"""List routes of the API at the size of the prefecture: the whole system, 8,281 classrooms and a term of 40,000 lessons
from the generator."""

import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx

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
    """One route: milliseconds at the client, and of a request that touches no table in the same run (the floor)."""

    route: str
    p50: float
    p95: float
    floor_p50: float

    @property
    def ratio(self) -> float:
        return self.p50 / self.floor_p50


@contextmanager
def prefecture() -> Iterator[House]:
    """`songjiao run --demo` in a temporary directory with the generated prefecture in it."""
    with tempfile.TemporaryDirectory() as data, running(Path(data), "--demo") as house:
        environment = house.process_of("web").environ()
        subprocess.run([sys.executable, "-m", "songjiao", "generate"], env=environment, check=True)
        yield house


def lists() -> list[Timing]:
    """Every list route, CALLS times, one after the other on one connection."""
    with prefecture() as house, house.api("admin") as client:
        floor = percentile(_times(client, "/api/openapi.json"), 0.5)
        return [
            Timing(route, percentile(t := _times(client, route), 0.5), percentile(t, 0.95), floor) for route in ROUTES
        ]


def _times(client: httpx.Client, route: str) -> list[float]:
    client.get(route).raise_for_status()
    times = []
    for _ in range(CALLS):
        start = time.perf_counter()
        client.get(route)
        times.append((time.perf_counter() - start) * 1000)
    return times
