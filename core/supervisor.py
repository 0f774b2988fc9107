"""Starts programs, restarts what dies, and stops all in the reverse order of their start.

A program that dies takes nobody with it: it is started again after 0.2 s, then after twice as long each time, up to
10 s.
All stay in the supervisor's process group, so that a terminal's Ctrl-C reaches them too.
"""

import asyncio
import contextlib
import secrets
import subprocess
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from core import processes
from core.embedded.program import Program
from core.errors import StartError

T = TypeVar("T")

FIRST_PAUSE = 0.2
LONGEST_PAUSE = 10.0
# Whoever lived this long has not died of its start: the pause begins small again.
HEALTHY_SECONDS = 30.0
STOP_SECONDS = 6.0
LOG_BYTES = 10_000_000


@dataclass
class Child:
    program: Program
    process: "subprocess.Popen[bytes]"
    started: float
    pause: float = FIRST_PAUSE


def next_pause(pause: float, lived: float) -> float:
    """Seconds to wait after the next death."""
    return FIRST_PAUSE if lived >= HEALTHY_SECONDS else min(pause * 2, LONGEST_PAUSE)


class Supervisor:
    """`data` holds the logs and the list of running processes. Use it inside one event loop."""

    def __init__(self, data: Path, told: Callable[[str], None]) -> None:
        self._data = data
        self._told = told
        self._stages: list[list[Child]] = []
        self._watchers: list[asyncio.Task[None]] = []
        # One thread waits for each program: the default pool would be too small.
        self._threads = ThreadPoolExecutor(max_workers=64, thread_name_prefix="wait")
        self._errands: set[int] = set()
        self._stopping = False
        # Children that this process had before are somebody else's, not orphans of ours.
        self._others = processes.adopt_orphans()
        self._mark = secrets.token_hex(8)
        self._remember()

    def log_of(self, program: Program) -> Path:
        return self._data / "logs" / f"{program.name}.log"

    def start(self, programs: Sequence[Program]) -> list[Child]:
        """Starts one stage at once, without waiting; stages stop in the reverse order."""
        for program in programs:
            _shorten(self.log_of(program))
        stage = [Child(one, self._begin(one), time.monotonic()) for one in programs]
        self._stages.append(stage)
        self._watchers += [asyncio.create_task(self._watch(child)) for child in stage]
        self._remember()
        return stage

    async def ready(self, child: Child, seconds: float = 60.0) -> None:
        """Returns when it answers. Raises StartError when it dies before that."""
        await self._in_thread(lambda: child.program.wait(child.process, self.log_of(child.program), seconds))

    async def once(self, program: Program) -> None:
        """Runs it to its end. Raises StartError when it fails."""
        log = self.log_of(program)
        process = self._begin(program)
        self._errands.add(process.pid)
        code = await self._in_thread(process.wait)
        self._errands.discard(process.pid)
        if code and not self._stopping:
            raise StartError(f"{program.name} {_ending(code)}; {log} says why.")

    async def stop(self) -> None:
        self._stopping = True
        for watcher in self._watchers:
            watcher.cancel()
        for stage in reversed(self._stages):
            await asyncio.gather(*(self._end(child) for child in stage))
        processes.end_orphans(self._others)
        self._file.unlink(missing_ok=True)
        self._threads.shutdown(wait=False)

    def _begin(self, program: Program) -> "subprocess.Popen[bytes]":
        return program.start(self.log_of(program), {processes.MARK: self._mark})

    async def _watch(self, child: Child) -> None:
        while True:
            code = await self._in_thread(child.process.wait)
            if self._stopping:
                return
            lived = time.monotonic() - child.started
            processes.end_orphans(self._others | self._pids())
            await self._in_thread(child.program.ended)
            self._told(f"{child.program.name}: {_ending(code)}; starting it again in {child.pause:.1f} s")
            await asyncio.sleep(child.pause)
            child.pause = next_pause(child.pause, lived)
            child.process, child.started = self._begin(child.program), time.monotonic()
            self._remember()

    async def _end(self, child: Child) -> None:
        with contextlib.suppress(ProcessLookupError):
            child.process.send_signal(child.program.stop)
        try:
            await self._in_thread(lambda: child.process.wait(STOP_SECONDS))
        except subprocess.TimeoutExpired:
            self._told(f"{child.program.name}: does not stop, ended by force")
            child.process.kill()
            await self._in_thread(child.process.wait)
        await self._in_thread(child.program.ended)

    async def _in_thread(self, work: Callable[[], T]) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._threads, work)

    @property
    def _file(self) -> Path:
        return self._data / "processes.json"

    def _pids(self) -> set[int]:
        return self._errands | {child.process.pid for stage in self._stages for child in stage}

    def _remember(self) -> None:
        processes.remember(self._file, self._mark, sorted(self._pids()))


def _ending(code: int) -> str:
    return f"killed by signal {-code}" if code < 0 else f"ended with {code}"


def _shorten(file: Path) -> None:
    """Keeps one older log: they grow while the house runs, and are cut at its start."""
    if file.exists() and file.stat().st_size > LOG_BYTES:
        file.replace(file.with_suffix(".old.log"))
