"""The most memory (RSS, with children) that processes had within a block, above what they began with."""

from collections.abc import Mapping
from contextlib import suppress
from threading import Event, Thread
from typing import Self

import psutil


class Peaks:
    def __init__(self, processes: Mapping[str, psutil.Process]) -> None:
        self._processes = processes
        self._over = Event()
        self._most: dict[str, int] = {}

    def __enter__(self) -> Self:
        self._first = {name: self._size(name) for name in self._processes}
        self._thread = Thread(target=self._look, daemon=True)
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._thread.join()

    def words(self) -> str:
        return ", ".join(f"{(most - self._first[name]) >> 20} MiB more in {name}" for name, most in self._most.items())

    def _look(self) -> None:
        while not self._over.wait(0.2):
            for name in self._processes:
                self._most[name] = max(self._most.get(name, 0), self._size(name))

    def _size(self, name: str) -> int:
        whole = 0
        for process in (self._processes[name], *self._processes[name].children(recursive=True)):
            with suppress(psutil.NoSuchProcess):
                whole += process.memory_info().rss
        return whole
