"""Dates at which something is to be looked at, in slots of a turning wheel: setting one and letting one go cost the
same however many there are, and a turn touches only those that are due. Pure: `now` is an argument."""

from __future__ import annotations

import math
from typing import Final, Generic, TypeVar

STEP: Final = 0.02
"""Seconds from slot to slot; a date is kept up to so much late, never early."""

T = TypeVar("T")


class Wheel(Generic[T]):
    """One date for each thing, which must be hashable."""

    def __init__(self, now: float) -> None:
        self._turned = math.floor(now / STEP)
        self._slots: dict[int, dict[T, None]] = {}
        self._slot_of: dict[T, int] = {}

    def __len__(self) -> int:
        return len(self._slot_of)

    def __contains__(self, one: T) -> bool:
        return one in self._slot_of

    def set(self, one: T, when: float | None) -> None:
        """In place of its date before; None for no date."""
        self.discard(one)
        if when is not None:
            slot = max(math.ceil(when / STEP), self._turned + 1)
            self._slots.setdefault(slot, {})[one] = None
            self._slot_of[one] = slot

    def discard(self, one: T) -> None:
        slot = self._slot_of.pop(one, None)
        if slot is not None:
            del self._slots[slot][one]
            if not self._slots[slot]:
                del self._slots[slot]

    def turn(self, now: float) -> list[T]:
        """Those whose date has come, the earliest first; they have none any more."""
        turned = math.floor(now / STEP)
        passed = range(self._turned + 1, turned + 1)
        # after a long sleep of the machine fewer slots are filled than have passed
        slots = passed if len(passed) <= len(self._slots) else sorted(at for at in self._slots if at <= turned)
        due = [one for slot in slots for one in self._slots.pop(slot, ())]
        for one in due:
            del self._slot_of[one]
        self._turned = max(self._turned, turned)
        return due
