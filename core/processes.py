"""Processes of this machine: known again after a crash, told apart from strangers that got the same number."""

import ctypes
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

PR_SET_CHILD_SUBREAPER = 36  # prctl(2)
# In the environment of all that one supervisor starts, with a value of its own.
MARK = "SUPERVISED_BY"


def born(pid: int) -> str | None:
    """A text that no later process with this number shares, or None when there is no such process."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except FileNotFoundError:
        return None if sys.platform == "linux" else _born_by_ps(pid)
    except ProcessLookupError:
        return None
    return None if fields[0] == "Z" else fields[19]


def remember(file: Path, mark: str, pids: list[int]) -> None:
    """Writes the running processes down, so that the next start can find them if this one is killed.

    `mark` is the value of MARK in their environment: it finds also what was started since the last writing.
    """
    known = [(pid, birth) for pid in pids if (birth := born(pid))]
    part = file.with_suffix(".part")
    part.write_text(json.dumps({"mark": mark, "processes": known}))
    part.replace(file)


def end_leftovers(file: Path, seconds: float = 5.0) -> int:
    """Ends what a killed supervisor left, with all descendants, and returns how many. A stranger is never touched."""
    mark, known = _remembered(file)
    left = {pid for pid, birth in known if born(pid) == birth} | (_marked(mark) if mark else set())
    family = left | descendants(left)
    for number in (signal.SIGTERM, signal.SIGKILL):
        # PostgreSQL takes SIGTERM as "wait for all clients": those are in the family and end too
        for pid in family:
            with suppress(ProcessLookupError):
                os.kill(pid, number)
        if _all_gone(family, seconds):
            break
    file.unlink(missing_ok=True)
    return len(family)


def descendants(pids: set[int]) -> set[int]:
    """Children, their children and so on. Empty on systems without /proc."""
    parents = _parents()
    found: set[int] = set()
    new = pids
    while new:
        new = {pid for pid, parent in parents.items() if parent in new} - found - pids
        found |= new
    return found


def children(pid: int) -> set[int]:
    return {one for one, parent in _parents().items() if parent == pid}


def adopt_orphans() -> set[int]:
    """From now on, grandchildren whose parent dies become our children, so that they can be ended. Linux only.

    Returns the children that this process has already.
    """
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
    return children(os.getpid())


def end_orphans(own: set[int]) -> None:
    """Ends children that this process did not start itself: those of a child that died before them."""
    for pid in children(os.getpid()) - own:
        with suppress(ProcessLookupError, ChildProcessError):
            os.kill(pid, signal.SIGKILL)
            os.waitpid(pid, 0)


def _remembered(file: Path) -> tuple[str, list[tuple[int, str]]]:
    try:
        said = json.loads(file.read_text())
        return str(said["mark"]), [(pid, birth) for pid, birth in said["processes"]]
    except (FileNotFoundError, ValueError, KeyError, TypeError):
        return "", []


def _marked(mark: str) -> set[int]:
    """Processes that were started with this mark. Those that write over their environment (PostgreSQL) are not seen."""
    wanted = f"{MARK}={mark}".encode()
    found = set()
    for pid in _numbers():
        with suppress(OSError):  # another user's, or gone
            if wanted in Path(f"/proc/{pid}/environ").read_bytes().split(b"\0"):
                found.add(pid)
    return found


def _parents() -> dict[int, int]:
    """Each process's parent. One reading of all: `/proc/PID/task/*/children` may leave out some while others end."""
    parents = {}
    for pid in _numbers():
        with suppress(OSError):
            parents[pid] = int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[1])
    return parents


def _numbers() -> list[int]:
    return [int(entry) for entry in os.listdir("/proc") if entry.isdigit()] if sys.platform == "linux" else []


def _all_gone(pids: Iterable[int], seconds: float) -> bool:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if not any(born(pid) for pid in pids):
            return True
        time.sleep(0.02)
    return False


def _born_by_ps(pid: int) -> str | None:
    said = subprocess.run(["ps", "-o", "lstart=", "-p", str(pid)], capture_output=True, text=True).stdout.strip()
    return said or None
