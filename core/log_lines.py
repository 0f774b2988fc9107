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
from typing import Final

MOST: Final = 10_000
"""Lines that wait, some 3 MB; what comes then is lost, and counted."""
TELL_EVERY: Final = 10.0
"""Seconds between two notices of lost lines: one that is lost itself must not call for the next at once."""
LAST_WORDS: Final = 1.0
"""Seconds that the end of the process waits for the lines before it."""


class LogLines:
    """A text stream for loggers: `write` whole lines, which go to the file of that number. `on_lost` is told how many
    were lost when half of the queue is free again; it may log."""

    def __init__(self, to: int, on_lost: Callable[[int], None] = lambda count: None) -> None:
        self._to = to
        self._on_lost = on_lost
        self._lost = 0
        self._told_at = float("-inf")
        self._begin()
        os.register_at_fork(after_in_child=self._begin)  # threads stay behind; a child that logs starts its own
        atexit.register(self.drain, LAST_WORDS)

    def _begin(self) -> None:
        self._waiting: queue.Queue[str] = queue.Queue(MOST)
        self._starting = threading.Lock()
        self._thread: threading.Thread | None = None

    def write(self, text: str) -> int:
        if self._thread is None:
            self._start()
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

    def _start(self) -> None:
        with self._starting:
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, args=(self._waiting,), name="log-lines", daemon=True)
                self._thread.start()

    def _run(self, waiting: queue.Queue[str]) -> None:
        while True:
            text = waiting.get()
            try:
                self._out(text.encode(errors="replace"))
            except OSError:  # a disk that is full takes no lines either; or nobody is there any more
                self._lost += 1
            if self._lost and waiting.qsize() <= MOST // 2:
                self._tell(time.monotonic())
            waiting.task_done()

    def _tell(self, now: float) -> None:
        if now - self._told_at >= TELL_EVERY:
            self._told_at = now
            lost, self._lost = self._lost, 0
            self._on_lost(lost)

    def _out(self, line: bytes) -> None:
        """Without Python's own buffer: its lock, held by a write that stands, would abort the process at its end."""
        while line:
            line = line[os.write(self._to, line) :]
