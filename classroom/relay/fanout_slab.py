"""The buffers of the native fan-out: 64 slots for packets, made once for the process."""

from __future__ import annotations

from array import array
from collections.abc import Iterator, Sequence
from typing import Any

from pylibsrtp._binding import ffi as srtp_ffi

from classroom.relay import mmsg

# 64 slots stay in the second-level cache until the kernel has read them.
SLOTS = 64

# header.MAX_PACKET and SRTP_MAX_TRAILER_LEN (144), rounded up.
SLOT = 1536

# The packets of a usual picture; they leave one after the other in any case. Thin lines get smaller layers.
LONGEST_RUN = 8

# sizeof (struct iovec)
IOVEC = 16

# How many rows of a run of 0, 1, 2 … 8 packets fit into the slots.
ROWS = (0, *(SLOTS // width for width in range(1, LONGEST_RUN + 1)))


class Slab:
    """64 slots with their lengths and iovecs, and the one control message that all messages of a run share."""

    __slots__ = ("_bytes", "_control", "_iovec_lengths", "_kept", "_lengths", "_shapes", "iovecs", "length_at", "slots")

    def __init__(self) -> None:
        memory, lengths = srtp_ffi.new("char[]", SLOTS * SLOT), srtp_ffi.new("int[]", SLOTS)
        iovecs, control = mmsg.ffi.new("struct iovec[]", SLOTS), mmsg.ffi.new("char[]", mmsg.SEGMENT.size)
        self._kept = (memory, lengths, control)
        self.iovecs = iovecs
        self._bytes = memoryview(srtp_ffi.buffer(memory))
        self._control = mmsg.ffi.buffer(control)
        self.slots = [memory + at * SLOT for at in range(SLOTS)]
        self._lengths = memoryview(srtp_ffi.buffer(lengths)).cast("B").cast("i")
        self.length_at = [lengths + at for at in range(SLOTS)]
        # An iovec is two machine words: where and how long.
        words = memoryview(mmsg.ffi.buffer(iovecs)).cast("B").cast("Q")
        base = int(srtp_ffi.cast("uintptr_t", memory))
        words[0::2] = array("Q", range(base, base + SLOTS * SLOT, SLOT))
        self._iovec_lengths = words[1::2]
        self._shapes = self._make_shapes(iovecs, control)

    @staticmethod
    def _make_shapes(iovecs: Any, control: Any) -> list[dict[int, array[int]]]:
        """For each length of a run, the words of 64 message headers."""
        first, cut = (int(mmsg.ffi.cast("uintptr_t", one)) for one in (iovecs, control))
        return [
            {
                mmsg.IOV: array("Q", [first + IOVEC * width * (at % max(1, ROWS[width])) for at in range(SLOTS)]),
                mmsg.IOVLEN: array("Q", [width]) * SLOTS,
                mmsg.CONTROL: array("Q", [cut if width > 1 else 0]) * SLOTS,
                mmsg.CONTROLLEN: array("Q", [mmsg.SEGMENT.size if width > 1 else 0]) * SLOTS,
            }
            for width in range(LONGEST_RUN + 1)
        ]

    def shape(self, words: memoryview[int], rows: int, width: int) -> None:
        """Make the headers take `width` slots each."""
        for word, values in self._shapes[width].items():
            words[word :: mmsg.WORDS] = values[:rows]

    def cut(self, size: int) -> None:
        self._control[:] = mmsg.segment_control(size)

    def fill(self, run: Sequence[bytes], rows: int) -> None:
        """The run into the slots of each row."""
        octets, end = self._bytes, SLOT * len(run) * rows
        for at, packet in enumerate(run):
            octets[SLOT * at : SLOT * at + len(packet)] = packet
        done = SLOT * len(run)
        while done < end:
            # Doubling: half as many bytes touched as by copying from one long string.
            step = min(done, end - done)
            octets[done : done + step] = octets[:step]
            done += step
        self._lengths[: len(run) * rows] = array("i", [len(packet) for packet in run]) * rows

    def protected(self, run: Sequence[bytes], rows: int, overhead: int) -> None:
        """Protection made every packet longer by `overhead`."""
        self._iovec_lengths[: len(run) * rows] = array("Q", [len(packet) + overhead for packet in run]) * rows

    def lay(self, packets: Sequence[bytes]) -> None:
        """A packet into each slot."""
        for at, packet in enumerate(packets):
            self._bytes[SLOT * at : SLOT * at + len(packet)] = packet
        self._lengths[: len(packets)] = array("i", [len(packet) for packet in packets])

    def laid(self, packets: Sequence[bytes], overhead: int) -> None:
        """As `protected`, after `lay`."""
        self._iovec_lengths[: len(packets)] = array("Q", [len(packet) + overhead for packet in packets])

    def apart(self, words: memoryview[int], row: int, width: int) -> Iterator[None]:
        """Make one row's header take its slots one after the other, without a control message."""
        at = row * mmsg.WORDS
        words[at + mmsg.IOVLEN] = 1
        words[at + mmsg.CONTROL] = words[at + mmsg.CONTROLLEN] = 0
        for _ in range(width):
            yield
            words[at + mmsg.IOV] += IOVEC
