"""Where log lines go: written by a thread, so that whoever reads them slowly, or not at all, holds up nobody. A relay
whose output nobody took would else stand still with all its lessons once the pipe is full (64 KiB).
"""

from __future__ import annotations

import atexit
import os
import queue
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from typing import Final

MOST: Final = 10_000
"""Lines that wait, some 3 MB; what comes then is lost, and counted."""
LAST_WORDS: Final = 1.0
"""Seconds that the end of the process waits for the lines before it."""


class LogLines:
    """A text stream for loggers: `write` whole lines, which go to the file of that number. `on_lost` is told how many
    were lost, as soon as there is room again."""

    def __init__(self, to: int, on_lost: Callable[[int], None] = lambda count: None) -> None:
        self._to = to
        self._on_lost = on_lost
        self._lost = 0
        self._begin()
        os.register_at_fork(after_in_child=self._begin)  # Celery's workers are forks, and threads stay behind
        atexit.register(self.drain, LAST_WORDS)

    def _begin(self) -> None:
        self._waiting: queue.Queue[str] = queue.Queue(MOST)
        threading.Thread(target=self._run, args=(self._waiting,), name="log-lines", daemon=True).start()

    def write(self, text: str) -> int:
        try:
            self._waiting.put_nowait(text)
        except queue.Full:
            self._lost += 1
        return len(text)

    def flush(self) -> None:
        """Each line goes out at once as it is."""

    def drain(self, within: float) -> bool:
        """Whether all that was written has gone out, at most so many seconds from now."""
        deadline = time.monotonic() + within
        while self._waiting.unfinished_tasks and time.monotonic() < deadline:
            time.sleep(0.005)
        return not self._waiting.unfinished_tasks

    def _run(self, waiting: queue.Queue[str]) -> None:
        while True:
            text = waiting.get()
            with suppress(OSError):  # a disk that is full takes no lines either; or nobody is there any more
                self._out(text.encode(errors="replace"))
            if self._lost:
                lost, self._lost = self._lost, 0
                self._on_lost(lost)
            waiting.task_done()

    def _out(self, line: bytes) -> None:
        """Without Python's own buffer: its lock, held by a write that stands, would abort the process at its end."""
        while line:
            line = line[os.write(self._to, line) :]
