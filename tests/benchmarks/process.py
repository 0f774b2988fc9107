"""Processes of a benchmark: started on a chosen core, read through /proc, ended by id."""

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

_TICKS = os.sysconf("SC_CLK_TCK")
STOP_SECONDS = 10


@contextmanager
def started(
    command: list[str], core: int, environment: dict[str, str] | None = None
) -> Iterator[subprocess.Popen[str]]:
    """Run `python …command` pinned to `core` until the block ends; its errors go to ours, its output to a pipe."""
    with running([sys.executable, *command], core, environment) as process:
        yield process


@contextmanager
def running(
    command: list[str], core: int, environment: dict[str, str] | None = None
) -> Iterator[subprocess.Popen[str]]:
    """The same with any program."""
    process = subprocess.Popen(
        ["taskset", "-c", str(core), *command],  # util-linux; it becomes the command, the id stays
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, **(environment or {})},
    )
    try:
        yield process
    finally:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def wait_for(process: subprocess.Popen[str], word: str) -> None:
    """Block until the process prints `word` as a line. Raises RuntimeError when it ends first."""
    assert process.stdout
    for line in process.stdout:
        if line.strip() == word:
            return
    raise RuntimeError(f"{_name(process)} ended before it said {word!r}")


def _name(process: subprocess.Popen[str]) -> str:
    """Without its other words: one of them is a ticket."""
    words = list(process.args) if isinstance(process.args, list) else [process.args]
    return str(words[words.index("-m") + 1] if "-m" in words else words[0])


def steal() -> Callable[[], float]:
    """Asked later: the share of all cores' time since that the hypervisor gave to others (proc(5), /proc/stat)."""
    before = _cores()

    def share() -> float:
        then, now = before, _cores()
        total = sum(now) - sum(then)
        return (now[7] - then[7]) / total if total else 0.0

    return share


def _cores() -> list[int]:
    return [int(one) for one in Path("/proc/stat").read_text().split("\n", 1)[0].split()[1:9]]


def cpu_seconds(pid: int) -> float:
    """User and system time of one process, all its threads (proc(5), fields 14 and 15)."""
    fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / _TICKS


def memory_bytes(pid: int) -> int:
    """Anonymous memory in bytes: what the process has made itself, without the files that it shares with others."""
    for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
        if line.startswith("Anonymous:"):
            return int(line.split()[1]) * 1024
    raise RuntimeError(f"process {pid} shows no memory")
