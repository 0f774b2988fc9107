"""Filling and protecting the slots of a chunk of viewers: in C where the optional part was compiled, else by a call of
the wheel's `srtp_protect` for each slot."""

from __future__ import annotations

from collections.abc import Sequence
from importlib.machinery import EXTENSION_SUFFIXES
from pathlib import Path
from typing import Any, Protocol

from pylibsrtp._binding import ffi as srtp_ffi
from pylibsrtp._binding import lib as srtp

from classroom.relay import mmsg
from classroom.relay.fanout_slab import LONGEST_RUN, SLOTS, Slab

mmsg.ffi.cdef("""
int protect_rows(void *protect, void *const *contexts, int rows, const struct iovec *run, int width,
                 struct iovec *slots, unsigned char *failed);
""")


class Contexts:
    """The SRTP contexts of at most 64 viewers, in the order of their slots, in the shapes that both ways take. They
    live as long as their rows' links do. `pointers`: the same as 64-bit words."""

    __slots__ = ("_spread", "array", "each")

    def __init__(self, contexts: list[Any], pointers: list[bytes]) -> None:
        self.each = contexts
        self._spread: dict[int, list[Any]] = {1: contexts}
        self.array = mmsg.ffi.new("void *[]", len(contexts))
        mmsg.ffi.buffer(self.array)[:] = b"".join(pointers)

    def spread(self, width: int) -> list[Any]:
        """Each as often as its row has slots, so that it stays in the first-level cache for its run."""
        if width not in self._spread:
            self._spread[width] = [context for context in self.each for _ in range(width)]
        return self._spread[width]


class Protection(Protocol):
    def __call__(self, contexts: Contexts, run: Sequence[bytes], first: int, last: int, overhead: int) -> list[int]:
        """The run into the slots of the rows from `first` to `last`, protected; the rows where that failed."""


class MappedProtection:
    __slots__ = ("_slab",)

    def __init__(self, slab: Slab) -> None:
        self._slab = slab

    def __call__(self, contexts: Contexts, run: Sequence[bytes], first: int, last: int, overhead: int) -> list[int]:
        slab, width = self._slab, len(run)
        slab.fill(run, last - first)
        chosen = contexts.spread(width)[width * first : width * last]
        answers = list(map(srtp.srtp_protect, chosen, slab.slots, slab.length_at))
        # All in a batch use one cipher, so the lengths are known; the kernel's cutting relies on them.
        slab.protected(run, last - first, overhead)
        if not any(answers):
            return []
        return sorted({first + at // width for at, answer in enumerate(answers) if answer})


class CompiledProtection:
    __slots__ = ("_failed", "_library", "_protect", "_run", "_slab")

    def __init__(self, slab: Slab, library: Any) -> None:
        self._slab, self._library = slab, library
        address = int(srtp_ffi.cast("uintptr_t", srtp_ffi.addressof(srtp, "srtp_protect")))
        self._protect = mmsg.ffi.cast("void *", address)
        self._run = mmsg.ffi.new("struct iovec[]", LONGEST_RUN)
        self._failed = mmsg.ffi.new("unsigned char[]", SLOTS)

    def __call__(self, contexts: Contexts, run: Sequence[bytes], first: int, last: int, overhead: int) -> list[int]:
        held = [mmsg.ffi.from_buffer(packet) for packet in run]
        for at, octets in enumerate(held):
            self._run[at].iov_base, self._run[at].iov_len = octets, len(octets)
        rows, slots = last - first, self._slab.iovecs
        if not self._library.protect_rows(
            self._protect, contexts.array + first, rows, self._run, len(run), slots, self._failed
        ):
            return []
        return [first + row for row in range(rows) if self._failed[row]]


def compiled() -> Any:
    """The library made of protect.c, None where there was no compiler."""
    for suffix in EXTENSION_SUFFIXES:
        found = Path(__file__).with_name(f"_protect{suffix}")
        if found.exists():
            return mmsg.ffi.dlopen(str(found))
    return None


def choose(slab: Slab) -> Protection:
    library = compiled()
    return MappedProtection(slab) if library is None else CompiledProtection(slab, library)
