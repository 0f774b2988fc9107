"""`songjiao run`: services, migrations, demo data, then all processes under one supervisor, until Ctrl-C."""

import asyncio
import fcntl
import json
import signal
import socket
import ssl
import time
import urllib.error
import urllib.request
from contextlib import ExitStack
from pathlib import Path

import psycopg

from core import house as houses
from core import notes, processes, secret, tls
from core.clock import now
from core.embedded import postgres, services
from core.embedded.ports import check
from core.errors import StartError
from core.house import House
from core.settings import (
    DatabaseSettings,
    LogSettings,
    RedisSettings,
    SecretSettings,
    StoreSettings,
    TurnSettings,
    load,
)
from core.supervisor import Child, Supervisor
from core.tickets import TicketSigner
from core.version import VERSION
from core.welcome import welcome

# An old laptop on its first start is slow; what never comes is told in the end.
READY_SECONDS = 180.0
PAUSE = 0.05
REST = (DatabaseSettings, RedisSettings, StoreSettings, SecretSettings, TurnSettings, LogSettings)
WORDS = {"postgres": "PostgreSQL", "valkey": "Valkey", "s3": "S3 store"}


def run(house: House) -> None:
    """Returns after Ctrl-C or SIGTERM, when all has stopped. Raises StartError when it cannot start."""
    for kind in REST:
        load(kind)  # a wrong value is told now, not by the process that would stumble over it
    house.data.mkdir(parents=True, exist_ok=True)
    with ExitStack() as held:
        _alone(house.data, held)
        if left := processes.end_leftovers(house.data / "processes.json"):
            print(f"  ended {left} processes that an earlier start left behind", flush=True)
        _ports_are_free(house)
        asyncio.run(_Start(house).until_stopped())


class _Start:
    def __init__(self, house: House) -> None:
        self.house = house
        self.began = time.monotonic()
        self.supervisor = Supervisor(house.data, self.step)
        self.shared: dict[str, str] = {}

    def step(self, words: str) -> None:
        print(f"  {time.monotonic() - self.began:5.1f} s  {words}", flush=True)

    async def until_stopped(self) -> None:
        work = asyncio.create_task(self._serve())
        for number in (signal.SIGINT, signal.SIGTERM):
            asyncio.get_running_loop().add_signal_handler(number, work.cancel)
        try:
            await work
        except asyncio.CancelledError:
            print("\n  正在停止 stopping …", flush=True)
        finally:
            await self.supervisor.stop()
        self.step("已停止 stopped")

    async def _serve(self) -> None:
        print("送教 Songjiao", flush=True)
        self.shared = {**houses.environment(self.house), **secret.environment(self.house.data), **self._certificate()}
        started = await self._services()
        await self._fill_database()
        signer = TicketSigner(secret.value(self.house.data))
        started += self.supervisor.start(houses.programs(self.house, self.shared, signer))
        await asyncio.gather(*(self._ready(child) for child in started if child.program.name != "postgres"))
        await self._all_answer()
        if self.house.demo:
            self.supervisor.start([houses.demo_teacher(self.shared)])
        print(welcome(self.house), flush=True)
        await asyncio.Event().wait()

    def _certificate(self) -> dict[str, str]:
        if not self.house.secure:
            return {}
        certificate, key = tls.prepare(self.house.data / "tls", self.house.names, now())
        self.step(f"certificate for {', '.join(self.house.names)}")
        return {"SONGJIAO_TLS_CERTIFICATE": str(certificate), "SONGJIAO_TLS_KEY": str(key)}

    async def _services(self) -> list[Child]:
        """Only the database is waited for; the others become ready while the processes start."""
        planned = services.plan(self.house.data)
        self.shared |= planned.environment
        services.note_addresses(planned)
        await asyncio.to_thread(services.prepare, planned)
        started = self.supervisor.start(planned.programs)
        await asyncio.gather(*(self._ready(child) for child in started if child.program.name == "postgres"))
        if planned.database_is_embedded:
            await asyncio.to_thread(postgres.make_database, planned.directory / "postgres")
        return started

    async def _fill_database(self) -> None:
        """Schema and demo data, each only when the database's own notes say that it lacks them."""
        found = await asyncio.to_thread(_notes, self.shared)
        if found.schema != notes.newest_schema():
            await self.supervisor.once(houses.errand("migrate", self.shared))
            self.step("database schema")
        if self.house.demo and found.demo != VERSION:
            await self.supervisor.once(houses.errand("demo-data", self.shared))
            self.step("demo data")

    async def _ready(self, child: Child) -> None:
        await self.supervisor.ready(child, READY_SECONDS)
        self.step(WORDS.get(child.program.name, child.program.name))

    async def _all_answer(self) -> None:
        """Until the health page says so; in the end, what still is silent is named and the house goes on."""
        parts = {"web": "down"}
        while time.monotonic() < self.began + READY_SECONDS:
            parts = await asyncio.to_thread(_health, self.house)
            if all(state == "ok" for state in parts.values()):
                return self.step("all parts answer")
            await asyncio.sleep(PAUSE)
        self.step("not answering yet: " + ", ".join(name for name, state in parts.items() if state != "ok"))


def _alone(data: Path, held: ExitStack) -> None:
    """Two houses on one folder would ruin each other's data. The lock goes with the process, however it ends."""
    lock = held.enter_context((data / "lock").open("a"))
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        raise StartError(f"Songjiao runs already on {data}; stop it or choose another folder with --data.") from None


def _ports_are_free(house: House) -> None:
    check(house.host, house.port, "--port")
    check(house.host, house.relay_port, "--relay-port")
    check(house.host, house.media_port, "--media-port", socket.SOCK_DGRAM)


def _notes(shared: dict[str, str]) -> notes.Notes:
    url = shared.get("SONGJIAO_DATABASE_URL") or load(DatabaseSettings).database_url or ""
    try:
        return notes.read(url)
    except psycopg.OperationalError as error:
        reason = str(error).strip().partition("\n")[0]
        raise StartError(f"SONGJIAO_DATABASE_URL names a database that does not answer: {reason}.") from None


def _health(house: House) -> dict[str, str]:
    trust = ssl.create_default_context(cafile=tls.authority_file(house.data / "tls")) if house.secure else None
    try:
        with urllib.request.urlopen(f"{house.here}/api/health", timeout=5, context=trust) as answer:  # noqa: S310
            body = answer.read()
    except urllib.error.HTTPError as answer:
        body = answer.read() if answer.code == 503 else b'{"parts": {"web": "down"}}'
    except OSError:
        return {"web": "down"}
    parts: dict[str, str] = json.loads(body)["parts"]
    return parts
