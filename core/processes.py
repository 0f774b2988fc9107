"""Processes of this machine: known again after a crash, told apart from strangers that got the same number."""

import ctypes
import json
import os
import signal
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path

PR_SET_CHILD_SUBREAPER = 36  # prctl(2)


def born(pid: int) -> str | None:
    """A text that no later process with this number shares, or None when there is no such process."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except FileNotFoundError:
        return None if sys.platform == "linux" else _born_by_ps(pid)
    except ProcessLookupError:
        return None
    return None if fields[0] == "Z" else fields[19]


def remember(file: Path, pids: list[int]) -> None:
    """Writes the running processes down, so that the next start can find them if this one is killed."""
    known = [(pid, birth) for pid in pids if (birth := born(pid))]
    part = file.with_suffix(".part")
    part.write_text(json.dumps(known))
    part.replace(file)


def end_leftovers(file: Path, seconds: float = 5.0) -> int:
    """Ends what a killed supervisor left, with all descendants, and returns how many. A stranger is never touched."""
    left = [pid for pid, birth in _remembered(file) if born(pid) == birth]
    family = [*left, *(one for pid in left for one in descendants(pid))]
    for number in (signal.SIGTERM, signal.SIGKILL):
        # PostgreSQL takes SIGTERM as "wait for all clients": those are in the family and end too
        for pid in family:
            with suppress(ProcessLookupError):
                os.kill(pid, number)
        if _all_gone(family, seconds):
            break
    file.unlink(missing_ok=True)
    return len(left)


def descendants(pid: int) -> list[int]:
    """Children, their children and so on. Empty on systems without /proc."""
    found: list[int] = []
    for child in children(pid):
        found += [child, *descendants(child)]
    return found


def children(pid: int) -> list[int]:
    with suppress(OSError):
        tasks = Path(f"/proc/{pid}/task").iterdir()
        return [int(one) for task in tasks for one in (task / "children").read_text().split()]
    return []


def adopt_orphans() -> set[int]:
    """From now on, grandchildren whose parent dies become our children, so that they can be ended. Linux only.

    Returns the children that this process has already.
    """
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
    return set(children(os.getpid()))


def end_orphans(own: set[int]) -> None:
    """Ends children that this process did not start itself: those of a child that died before them."""
    for pid in set(children(os.getpid())) - own:
        with suppress(ProcessLookupError, ChildProcessError):
            os.kill(pid, signal.SIGKILL)
            os.waitpid(pid, 0)


def _remembered(file: Path) -> list[tuple[int, str]]:
    try:
        return [(pid, birth) for pid, birth in json.loads(file.read_text())]
    except (FileNotFoundError, ValueError):
        return []


def _all_gone(pids: list[int], seconds: float) -> bool:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if not any(born(pid) for pid in pids):
            return True
        time.sleep(0.02)
    return False


def _born_by_ps(pid: int) -> str | None:
    said = subprocess.run(["ps", "-o", "lstart=", "-p", str(pid)], capture_output=True, text=True).stdout.strip()
    return said or None
