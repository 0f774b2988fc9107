"""Packets in the order of their numbers, for those who need whole frames: waits for what is missing, for a while."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Generic, TypeVar

T = TypeVar("T")

MOST = 4096
"""Packets held; beyond it the oldest gap is given up, however young it is."""


class Reorder(Generic[T]):
    """`patience`: seconds that a later packet waits for an earlier one. Numbers are unwrapped; None in place of an item
    says that the number carries nothing."""

    def __init__(self, patience: float) -> None:
        self._patience = patience
        self._next: int | None = None
        self._waiting: dict[int, tuple[T | None, float]] = {}
        self._lost = False

    def put(self, number: int, item: T | None, now: float) -> None:
        """What comes after its turn is dropped."""
        if self._next is None:
            self._next = number
        if number >= self._next:
            self._waiting.setdefault(number, (item, now))

    def take(self, now: float) -> Iterator[tuple[T, bool]]:
        """What is due, each with whether something right before it was given up."""
        while self._waiting and self._next is not None:
            if self._next not in self._waiting:
                first = min(self._waiting)
                if now - self._waiting[first][1] < self._patience and len(self._waiting) < MOST:
                    return
                self._next, self._lost = first, True
            item, _ = self._waiting.pop(self._next)
            self._next += 1
            if item is not None:
                yield item, self._lost
                self._lost = False

    def restart(self) -> None:
        """Another source: its numbers have nothing to do with those so far."""
        self._next, self._lost = None, False
        self._waiting.clear()
