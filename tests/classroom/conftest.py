"""A relay of its own for a test: the real process, on random ports, with tickets signed here."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import Any

import httpx
import pytest

from core import large_pages
from core.embedded.ports import free_port
from core.tickets import Ticket, TicketSigner

SECRET = "a secret for tests only"
START_SECONDS = 60.0
numbers = count(1)


def make_ticket(**changed: Any) -> Ticket:
    """A teacher's ticket for lesson "lesson-1"; `changed` says what is different."""
    now = time.time()
    usual: dict[str, Any] = {
        "person": "teacher-1", "name": "王老师", "lesson": "lesson-1", "stage": "live", "role": "teacher", "room": None,
        "room_name": None, "publish": ("teacher", "board", "voice"), "watch": True, "human": True, "takeover": False,
        "max_sessions": 1000, "issued_at": now, "expires_at": now + 600, "id": f"ticket-{next(numbers)}",
    }  # fmt: skip
    return Ticket(**{**usual, **changed})


def viewer_ticket(**changed: Any) -> Ticket:
    usual = {"person": "room-1", "name": "三年级", "role": "classroom", "publish": (), "room": "room-1"}
    return make_ticket(**{**usual, "room_name": "教学点", **changed})


@dataclass
class RunningRelay:
    """`url` of its doors, `media` its UDP port. `restart()` gives a new process on the same ports."""

    port: int
    media: int
    environment: dict[str, str]
    log: Path
    process: subprocess.Popen[bytes] = field(init=False)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def whip(self, lesson: str = "lesson-1") -> str:
        return f"{self.url}/whip/{lesson}"

    def whep(self, lesson: str = "lesson-1") -> str:
        return f"{self.url}/whep/{lesson}"

    def sign(self, ticket: Ticket) -> str:
        return TicketSigner(SECRET).sign(ticket)

    def start(self) -> None:
        command = [sys.executable, "-m", "songjiao", "relay", "--port", str(self.port), "--media-port", str(self.media)]
        with self.log.open("ab") as out:
            environment = {**large_pages.ENVIRONMENT, **self.environment}
            self.process = subprocess.Popen(command, env=environment, stdout=out, stderr=out)
        deadline = time.monotonic() + START_SECONDS
        while not self._answers():
            assert self.process.poll() is None, self.log.read_text()
            assert time.monotonic() < deadline, self.log.read_text()
            time.sleep(0.02)

    def _answers(self) -> bool:
        try:
            return httpx.get(f"{self.url}/api/health", timeout=1).status_code == 200
        except httpx.TransportError:
            return False

    def stop(self) -> float:
        """Seconds that it took."""
        began = time.monotonic()
        self.process.send_signal(signal.SIGTERM)
        self.process.wait(10)
        return time.monotonic() - began

    def restart(self) -> None:
        self.stop()
        self.start()

    def metrics(self) -> dict[str, float]:
        lines = httpx.get(f"{self.url}/metrics").text.splitlines()
        return {name: float(value) for name, value in (line.rsplit(" ", 1) for line in lines if line[:1] != "#")}


@pytest.fixture(scope="module")
def relay_process(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningRelay]:
    """One for the module, on IPv4 and IPv6, without Valkey. Use a lesson of your own where others would disturb."""
    make = _maker(tmp_path_factory.mktemp("relay"))
    relay = make({})
    yield relay
    relay.stop()


@contextmanager
def running_relay(folder: Path, changed: dict[str, str] | None = None) -> Iterator[RunningRelay]:
    """On IPv4 alone, for who needs one outside these fixtures."""
    relay = _maker(folder)({"SONGJIAO_MEDIA_ADDRESSES": "127.0.0.1", **(changed or {})})
    try:
        yield relay
    finally:
        relay.stop()


def _maker(folder: Path) -> Callable[[dict[str, str]], RunningRelay]:
    def make(changed: dict[str, str]) -> RunningRelay:
        kept = {name: value for name, value in os.environ.items() if not name.startswith("SONGJIAO_")}
        own = {
            "SONGJIAO_SECRET_KEY": SECRET,
            "SONGJIAO_MEDIA_ADDRESSES": "127.0.0.1,::1",
            "SONGJIAO_ORIGINS": "http://page.test",
        }
        ports = free_port(), free_port(socket.SOCK_DGRAM)
        relay = RunningRelay(*ports, {**kept, **own, **changed}, folder / f"relay-{next(numbers)}.log")
        relay.start()
        return relay

    return make


@pytest.fixture
def make_relay(tmp_path: Path) -> Iterator[Callable[[dict[str, str]], RunningRelay]]:
    """`make_relay({"SONGJIAO_…": "…"})`: a relay of the test's own, stopped at its end."""
    made: list[RunningRelay] = []
    make = _maker(tmp_path)

    def kept(changed: dict[str, str]) -> RunningRelay:
        made.append(make(changed))
        return made[-1]

    yield kept
    for relay in made:
        if relay.process.poll() is None:
            relay.stop()
