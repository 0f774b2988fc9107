"""What the supervisor starts: a command, its environment, and how to know that it answers."""

import os
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from core.errors import StartError

# As `nice`: films and timetables that are worked out never take the processor from a lesson.
PATIENCE = 10


@dataclass(frozen=True)
class Program:
    """`answers` may block for a moment and returns False, or raises OSError, until the program is ready.

    `options` are chosen at each start, so that a port which was taken in the meantime does not stop it for ever.
    `ended` takes away what it leaves behind. What is `patient` lets all others of the machine go before it.
    """

    name: str
    command: tuple[str, ...]
    answers: Callable[[], bool]
    environment: Mapping[str, str] = field(default_factory=dict)
    stop: signal.Signals = signal.SIGTERM
    options: Callable[[], tuple[str, ...]] = tuple
    ended: Callable[[], object] = lambda: None
    patient: bool = False

    def start(self, log: Path, marks: Mapping[str, str] | None = None) -> "subprocess.Popen[bytes]":
        """Runs it in the caller's process group, its output appended to `log`, `marks` added to its environment."""
        log.parent.mkdir(parents=True, exist_ok=True)
        with log.open("ab") as output:
            process = subprocess.Popen(
                [*self.command, *self.options()],
                env={**os.environ, **self.environment, **(marks or {})},
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
            )
        if self.patient:
            with suppress(ProcessLookupError):
                os.setpriority(os.PRIO_PROCESS, process.pid, PATIENCE)
        return process

    def wait(self, process: "subprocess.Popen[bytes]", log: Path, seconds: float = 30.0) -> None:
        """Returns when it answers. Raises StartError when it ends before that, or after `seconds`."""
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            if process.poll() is not None:
                raise StartError(f"{self.name} ended with {process.returncode} while starting; {log} says why.")
            with suppress(OSError):
                if self.answers():
                    return
            time.sleep(0.02)
        raise StartError(f"{self.name} did not answer within {seconds:.0f} seconds; {log} may say why.")


def accepts(port: int, host: str = "127.0.0.1") -> bool:
    with socket.create_connection((host, port), timeout=1):
        return True
