"""The whole system as a user starts it: `songjiao run --demo`, on free ports, in a temporary folder."""

import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import httpx
import psutil

from core.embedded.ports import free_port
from core.settings import known_variables

ROOT = Path(__file__).resolve().parent.parent
FILMS = ROOT / "build" / "films"
PASSWORD = "songjiao-demo"
SERVICES = {"postgres": "postgres", "valkey": "valkey-server", "s3": "weed"}
# A machine that also builds, tests and films is slow.
START_SECONDS = 240


class House:
    """A running house; its supervisor's words are in `log`."""

    def __init__(self, data: Path, *options: str, environment: dict[str, str] | None = None) -> None:
        self.data = data
        self.port, self.relay_port, self.media_port = free_port(), free_port(), free_port(socket.SOCK_DGRAM)
        self.url = f"http://127.0.0.1:{self.port}"
        self.relay_url = f"http://127.0.0.1:{self.relay_port}"
        self.log = data / "run.log"
        self._options = options
        self._environment = environment or {}

    def start(self) -> None:
        self.data.mkdir(parents=True, exist_ok=True)
        self._take_film()
        ports = f"--port={self.port} --relay-port={self.relay_port} --media-port={self.media_port}"
        command = [sys.executable, "-m", "songjiao", "run", *ports.split(), f"--data={self.data}", *self._options]
        clean = {name: value for name, value in os.environ.items() if name not in known_variables()}
        with self.log.open("ab") as output:
            self.supervisor = psutil.Popen(
                command,
                cwd=ROOT,
                env={**clean, **self._environment},
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )

    def _take_film(self) -> None:
        """The demo lesson's, if another house has made it already: it takes ten seconds of both cores."""
        for film in FILMS.glob("demo-lesson-*.mkv"):
            if "--demo" in self._options and not (self.data / film.name).exists():
                shutil.copyfile(film, self.data / film.name)

    def keep_film(self) -> None:
        """For the houses after this one."""
        for film in self.data.glob("demo-lesson-*.mkv"):
            if not film.name.endswith(".part.mkv") and not (FILMS / film.name).exists():
                FILMS.mkdir(parents=True, exist_ok=True)
                unfinished = FILMS / f"{os.getpid()}.part"
                shutil.copyfile(film, unfinished)
                unfinished.rename(FILMS / film.name)

    def wait(self, seconds: float = START_SECONDS) -> None:
        """Until every part answers."""
        deadline = time.monotonic() + seconds
        while not self.well():
            assert self.supervisor.poll() is None, self.words()
            assert time.monotonic() < deadline, self.words()
            time.sleep(0.1)

    def well(self) -> bool:
        try:
            return httpx.get(f"{self.url}/api/health", timeout=5).status_code == 200
        except httpx.HTTPError:
            return False

    def words(self) -> str:
        logs = sorted((self.data / "logs").glob("*.log"))
        ends = [f"== {log.name}\n{log.read_text(errors='replace')[-1500:]}" for log in logs]
        return "\n".join([self.log.read_text(errors="replace"), *ends])

    @property
    def secret_key(self) -> str:
        return (self.data / "secret.key").read_text().strip()

    def token(self, username: str, password: str = PASSWORD) -> str:
        answer = httpx.post(f"{self.url}/api/sessions", json={"username": username, "password": password}, timeout=20)
        assert answer.status_code == 201, answer.text
        token: str = answer.json()["access_token"]
        return token

    def api(self, username: str | None = None) -> httpx.Client:
        """A client of the web's address, signed in as this demo account; closed by the caller or with the test."""
        headers = {"Authorization": f"Bearer {self.token(username)}"} if username else {}
        return httpx.Client(base_url=self.url, headers=headers, timeout=20)

    def process_of(self, name: str) -> psutil.Process:
        """`name` is a command (web, relay …) or a service (postgres, valkey, s3). Raises LookupError."""
        for child in self.supervisor.children():
            with suppress(psutil.NoSuchProcess):
                if arguments_of(child)[-1:] == [name] or child.name() == SERVICES.get(name):
                    return child
        started = [arguments_of(child)[-1:] for child in self.supervisor.children()]
        raise LookupError(f"no process {name} among {started}")

    def successor_of(self, name: str, dead: psutil.Process, seconds: float = 60) -> psutil.Process:
        """Until the supervisor has started it again, which takes longer each time it dies."""
        deadline = time.monotonic() + seconds
        while True:
            with suppress(LookupError, psutil.NoSuchProcess):
                if (found := self.process_of(name)) != dead:
                    return found
            assert time.monotonic() < deadline, self.words()
            time.sleep(0.1)

    def family(self) -> list[psutil.Process]:
        children: list[psutil.Process] = self.supervisor.children(recursive=True)
        return children

    def stop(self, number: signal.Signals = signal.SIGINT, seconds: float = 20) -> int:
        self.supervisor.send_signal(number)
        code: int = self.supervisor.wait(seconds)
        return code


def arguments_of(process: psutil.Process) -> list[str]:
    """What it was started with; nothing of one that has ended meanwhile, a zombie too."""
    arguments: list[str] = []
    with suppress(psutil.NoSuchProcess):
        arguments = process.cmdline()
    return arguments


@contextmanager
def running(
    data: Path, *options: str, environment: dict[str, str] | None = None, kind: type[House] = House
) -> Iterator[House]:
    """Started and answering; stopped, or ended by force with its whole family, at the end of the block."""
    house = kind(data, *options, environment=environment)
    house.start()
    try:
        house.wait()
        yield house
        house.keep_film()
    finally:
        family = house.family() if house.supervisor.is_running() else []
        try:
            if house.supervisor.poll() is None:
                house.stop()
        finally:
            for process in family:
                if process.is_running():
                    process.kill()
            if house.supervisor.poll() is None:
                house.supervisor.kill()
