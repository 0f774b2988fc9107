"""The fan-out by cffi: protection in place (`fanout_protect`), then one libc `sendmmsg` per 64 packets.

What one read of the port brings is gathered: several packets of one size for the same viewer then leave as one message
that the kernel cuts (UDP_SEGMENT), which halves its share. All buffers are made beforehand: a slab of 64 slots and
their iovecs for the process, and per 64 viewers the message headers that name their addresses.
"""

from __future__ import annotations

import errno
import socket
from collections.abc import Callable, Iterator, Mapping, Sequence

from pylibsrtp._binding import ffi as srtp_ffi
from pylibsrtp._binding import lib as srtp

from classroom.relay import mmsg
from classroom.relay.counters import Counters
from classroom.relay.fanout_protect import Contexts, Protection, choose
from classroom.relay.fanout_slab import LONGEST_RUN, ROWS, SLOTS, Slab
from classroom.relay.link import Link

_LIBC = mmsg.library()
AVAILABLE = _LIBC is not None

_FULL = (errno.EAGAIN, errno.ENOBUFS)
_NO_SEGMENTS = (errno.EIO, errno.EINVAL)


class NativeRow:
    """Keeps the link, and so its SRTP session, alive as long as a table holds it. `whole`: its way has refused a run,
    so that each packet goes by itself."""

    __slots__ = ("address", "context", "fd", "link", "message", "overhead", "pointer", "whole")

    def __init__(self, link: Link, fd: int, sockaddr: bytes) -> None:
        self.link = link
        self.fd = fd
        self.overhead = link.srtp_overhead
        self.whole = False
        self.address = mmsg.ffi.new("char[]", sockaddr)
        self.message = mmsg.message(int(mmsg.ffi.cast("uintptr_t", self.address)), len(sockaddr))
        self.context = srtp_ffi.cast("srtp_t", link.srtp_tx)
        self.pointer = link.srtp_tx.to_bytes(8, "little")


class NativeBatch:
    """At most 64 viewers on one socket and with one cipher, in the order of their slots."""

    __slots__ = ("contexts", "fd", "headers", "overhead", "rows", "whole", "width", "words")

    def __init__(self, rows: list[NativeRow]) -> None:
        self.rows = rows
        self.fd, self.overhead, self.whole = rows[0].fd, rows[0].overhead, rows[0].whole
        self.contexts = Contexts([row.context for row in rows], [row.pointer for row in rows])
        self.headers = mmsg.ffi.new("struct mmsghdr[]", len(rows))
        octets = mmsg.ffi.buffer(self.headers)
        octets[:] = b"".join([row.message for row in rows])
        self.words = memoryview(octets).cast("B").cast("Q")
        self.width = 0


class NativeTable:
    """`gathered` are packets that wait for `flush`."""

    __slots__ = ("batches", "gathered", "rows")

    def __init__(self, rows: Sequence[NativeRow]) -> None:
        self.rows = rows
        self.gathered: list[bytes] = []
        self.seat()

    def seat(self) -> None:
        groups: dict[tuple[int, int, bool], list[NativeRow]] = {}
        for row in self.rows:
            groups.setdefault((row.fd, row.overhead, row.whole), []).append(row)
        self.batches = [
            NativeBatch(group[at : at + SLOTS]) for group in groups.values() for at in range(0, len(group), SLOTS)
        ]


def runs(packets: Sequence[bytes], longest: int) -> Iterator[Sequence[bytes]]:
    """Cut where the size changes: all segments of a run are equal but the last, which may be shorter."""
    at = 0
    while at < len(packets):
        size, end = len(packets[at]), at + 1
        while end < len(packets) and end - at < longest and len(packets[end]) <= size == len(packets[end - 1]):
            end += 1
        yield packets[at:end]
        at = end


class NativeFanout:
    __slots__ = ("_counters", "_gathering", "_longest", "_protect", "_slab", "_waiting")

    def __init__(self, counters: Counters, protection: Callable[[Slab], Protection] = choose) -> None:
        self._counters = counters
        self._slab = Slab()
        self._protect = protection(self._slab)
        self._longest = LONGEST_RUN if mmsg.segments() else 1
        self._gathering = False
        self._waiting: list[NativeTable] = []

    def row(self, link: Link) -> NativeRow | None:
        destination = link.destination
        if not link.srtp_tx or destination is None:
            return None
        return NativeRow(link, destination.fd, destination.sockaddr)

    def table(self, rows: Sequence[NativeRow]) -> NativeTable:
        return NativeTable(rows)

    def gather(self) -> None:
        self._gathering = True

    def flush(self) -> None:
        waiting, self._waiting = self._waiting, []
        for table in waiting:
            packets, table.gathered = table.gathered, []
            self.send_all(table, packets)

    def release(self) -> None:
        self._gathering = False
        self.flush()

    def send(self, table: NativeTable, packet: bytes) -> None:
        if not self._gathering:
            self.send_all(table, (packet,))
            return
        if not table.gathered:
            self._waiting.append(table)
        table.gathered.append(packet)

    def send_all(self, table: NativeTable, packets: Sequence[bytes]) -> None:
        refused = False
        for run in runs(packets, self._longest):
            for batch in table.batches:
                for part in (run,) if len(run) == 1 or not batch.whole else ((one,) for one in run):
                    refused |= self._send_run(batch, part)
        if refused:
            table.seat()

    def send_each(self, table: NativeTable, packets: Mapping[NativeRow, bytes]) -> None:
        """One system call for 64 viewers here too."""
        for batch in table.batches:
            own = [packets.get(row) for row in batch.rows]
            whole = [packet for packet in own if packet is not None]
            if len(whole) == len(own):
                self._send_own(batch, whole)
                continue
            for row, packet in zip(batch.rows, own, strict=True):
                if packet is not None:
                    self.send_to(row, (packet,))

    def send_to(self, row: NativeRow, packets: Sequence[bytes]) -> None:
        """As a run of slots for one viewer: what a late one has missed leaves in one system call for 64 packets."""
        for at in range(0, len(packets), SLOTS):
            part = packets[at : at + SLOTS]
            self._send_own(NativeBatch([row] * len(part)), part)

    def _send_own(self, batch: NativeBatch, packets: Sequence[bytes]) -> None:
        """A packet of its own for each place of a batch."""
        if batch.width != 1:
            self._slab.shape(batch.words, len(packets), 1)
            batch.width = 1
        self._slab.lay(packets)
        answers = list(map(srtp.srtp_protect, batch.contexts.each, self._slab.slots, self._slab.length_at))
        self._slab.laid(packets, batch.overhead)
        failed = [at for at, answer in enumerate(answers) if answer]
        self._counters.protect_failed += len(failed)
        self._transmit_but(batch, failed, 0, len(packets), 1, sum(map(len, packets)) // len(packets))

    def _send_run(self, batch: NativeBatch, run: Sequence[bytes]) -> bool:
        """True if a way has refused the run."""
        width, rows = len(run), len(batch.rows)
        if batch.width != width:
            self._slab.shape(batch.words, rows, width)
            batch.width = width
        if width > 1:
            self._slab.cut(len(run[0]) + batch.overhead)
        size, refused = sum(map(len, run)), False
        for first in range(0, rows, ROWS[width]):
            last = min(first + ROWS[width], rows)
            failed = self._protect(batch.contexts, run, first, last, batch.overhead)
            self._counters.protect_failed += width * len(failed)
            refused |= self._transmit_but(batch, failed, first, last, width, size)
        return refused

    def _transmit_but(
        self, batch: NativeBatch, failed: list[int], first: int, last: int, width: int, size: int
    ) -> bool:
        """Rows from `first` to `last` without those that failed."""
        start, refused = first, False
        for at in failed:
            refused |= self._transmit(batch, start, at, width, size)
            start = at + 1
        return refused | self._transmit(batch, start, last, width, size)

    def _transmit(self, batch: NativeBatch, start: int, end: int, width: int, size: int) -> bool:
        """Rows from `start` to `end`, `size` bytes each. True if a way has refused a run."""
        counters, refused = self._counters, False
        while start < end:
            sent = _LIBC.sendmmsg(batch.fd, batch.headers + start, end - start, socket.MSG_DONTWAIT)
            if sent > 0:
                counters.sent += sent * width
                counters.sent_bytes += sent * size
                start += sent
            elif mmsg.ffi.errno in _FULL:
                counters.send_full += (end - start) * width
                return refused
            elif mmsg.ffi.errno in _NO_SEGMENTS and width > 1:
                self._send_apart(batch, start, width, size)
                refused = True
                start += 1
            elif mmsg.ffi.errno != errno.EINTR:
                # The first of the remaining is refused (its address, its size): go on behind it.
                counters.send_failed += width
                start += 1
        return refused

    def _send_apart(self, batch: NativeBatch, at: int, width: int, size: int) -> None:
        """One row's run without the kernel's cutting, which its path or its device refuses."""
        self._counters.runs_refused += 1
        batch.rows[at].whole = True
        batch.width = 0
        for _ in self._slab.apart(batch.words, at, width):
            self._transmit(batch, at, at + 1, 1, size // width)
