"""List routes of the API at the size of the prefecture: the whole system, 8,281 classrooms from the generator."""

import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import httpx

from .viewers import percentile

ROUTES = (
    "/api/lessons?limit=50",
    "/api/lessons?state=live",
    "/api/rooms?limit=50",
    "/api/rooms?limit=50&q=小学",
    "/api/schools?limit=50",
    "/api/organisations?limit=50",
    "/api/people?limit=50",
)
CALLS = 100
START_SECONDS = 90
STOP_SECONDS = 20


@dataclass(frozen=True)
class Timing:
    """One route: milliseconds at the client, and of a request that touches no table in the same run (the floor)."""

    route: str
    p50: float
    p95: float
    floor_p50: float


@contextmanager
def prefecture() -> Iterator[str]:
    """`songjiao run --demo` in a temporary directory with the generated prefecture in it. → the web's address."""
    with tempfile.TemporaryDirectory() as data:
        ports = [_free() for _ in range(3)]
        options = [
            "--port",
            str(ports[0]),
            "--relay-port",
            str(ports[1]),
            "--media-port",
            str(ports[2]),
            "--data",
            data,
        ]
        process = subprocess.Popen(
            [sys.executable, "-m", "songjiao", "run", "--demo", *options],
            stdout=subprocess.DEVNULL,
            start_new_session=True,
        )
        try:
            url = f"http://127.0.0.1:{ports[0]}"
            _until_healthy(url, process)
            subprocess.run([sys.executable, "-m", "songjiao", "generate", "--data", data], check=True)
            yield url
        finally:
            process.send_signal(signal.SIGINT)
            try:
                process.wait(STOP_SECONDS)
            except subprocess.TimeoutExpired:
                os.killpg(process.pid, signal.SIGKILL)


def _free() -> int:
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        return int(sock.getsockname()[1])


def _until_healthy(url: str, process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        try:
            if httpx.get(f"{url}/api/health", timeout=2).status_code == 200:
                return
        except httpx.HTTPError:
            pass
        time.sleep(0.2)
    raise RuntimeError("the system did not come up")


def lists() -> list[Timing]:
    """Every list route, CALLS times, one after the other on one connection."""
    with prefecture() as url, httpx.Client(base_url=url, timeout=30) as client:
        answer = client.post("/api/sessions", json={"username": "admin", "password": "songjiao-demo"})
        client.headers["Authorization"] = f"Bearer {answer.raise_for_status().json()['access_token']}"
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
