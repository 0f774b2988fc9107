"""The fan-out by cffi: the wheel's own `srtp_protect` in place, then one libc `sendmmsg` per 64 viewers.

Per viewer and packet there are one copy, one protection and a share of a system call. All arrays are made beforehand: a
slab of 64 buffers and their iovecs for the process, and per 64 viewers the message headers that name their addresses.
"""

from __future__ import annotations

import errno
import socket
import sys
from array import array
from typing import Any

import cffi
from pylibsrtp._binding import ffi as srtp_ffi
from pylibsrtp._binding import lib as srtp

from classroom.relay.counters import Counters
from classroom.relay.link import Link

# 64 buffers stay in the second-level cache until the kernel has read them.
BATCH = 64

# header.MAX_PACKET and SRTP_MAX_TRAILER_LEN (144), rounded up.
BUFFER = 1536

_ffi = cffi.FFI()
_ffi.cdef("""
struct iovec { void *iov_base; size_t iov_len; };
struct msghdr {
    void *msg_name; uint32_t msg_namelen; struct iovec *msg_iov; size_t msg_iovlen;
    void *msg_control; size_t msg_controllen; int msg_flags;
};
struct mmsghdr { struct msghdr msg_hdr; unsigned int msg_len; };
int sendmmsg(int fd, struct mmsghdr *messages, unsigned int count, int flags);
""")


def _libc() -> Any:
    """The C library, if it has sendmmsg with the structures as declared above (Linux on 64 bits, little-endian)."""
    if sys.platform != "linux" or sys.maxsize < 1 << 32 or sys.byteorder != "little":
        return None
    library = _ffi.dlopen(None)
    return library if hasattr(library, "sendmmsg") else None


_LIBC = _libc()
AVAILABLE = _LIBC is not None

_FULL = (errno.EAGAIN, errno.ENOBUFS)


class NativeRow:
    """Keeps the link, and so its SRTP session, alive as long as a table holds it."""

    __slots__ = ("address", "context", "fd", "length", "link")

    def __init__(self, link: Link, fd: int, sockaddr: bytes) -> None:
        self.link = link
        self.fd = fd
        self.length = len(sockaddr)
        self.address = _ffi.new("char[]", sockaddr)
        self.context = srtp_ffi.cast("srtp_t", link.srtp_tx)


class NativeBatch:
    """At most 64 viewers on one socket, in the order of their buffers."""

    __slots__ = ("contexts", "fd", "headers", "rows")

    def __init__(self, rows: list[NativeRow], iovecs: Any) -> None:
        self.rows = rows
        self.fd = rows[0].fd
        self.contexts = [row.context for row in rows]
        self.headers = _ffi.new("struct mmsghdr[]", len(rows))
        for at, row in enumerate(rows):
            message = self.headers[at].msg_hdr
            message.msg_name = row.address
            message.msg_namelen = row.length
            message.msg_iov = iovecs + at
            message.msg_iovlen = 1


class NativeFanout:
    __slots__ = ("_buffers", "_bytes", "_counters", "_iovec_lengths", "_iovecs", "_length_at", "_lengths", "_slab")

    def __init__(self, counters: Counters) -> None:
        self._counters = counters
        self._slab = srtp_ffi.new("char[]", BATCH * BUFFER)
        self._bytes = memoryview(srtp_ffi.buffer(self._slab))
        self._buffers = [self._slab + at * BUFFER for at in range(BATCH)]
        self._lengths = srtp_ffi.new("int[]", BATCH)
        self._length_at = [self._lengths + at for at in range(BATCH)]
        self._iovecs = _ffi.new("struct iovec[]", BATCH)
        base = int(srtp_ffi.cast("uintptr_t", self._slab))
        for at in range(BATCH):
            self._iovecs[at].iov_base = _ffi.cast("void *", base + at * BUFFER)
        # An iovec is two machine words; the lengths are every second one.
        self._iovec_lengths = memoryview(_ffi.buffer(self._iovecs)).cast("B").cast("Q")

    def row(self, link: Link) -> NativeRow | None:
        destination = link.destination
        if not link.srtp_tx or destination is None:
            return None
        return NativeRow(link, destination.fd, destination.sockaddr)

    def table(self, rows: list[NativeRow]) -> list[NativeBatch]:
        sockets: dict[int, list[NativeRow]] = {}
        for row in rows:
            sockets.setdefault(row.fd, []).append(row)
        return [
            NativeBatch(group[at : at + BATCH], self._iovecs)
            for group in sockets.values()
            for at in range(0, len(group), BATCH)
        ]

    def send(self, table: list[NativeBatch], packet: bytes) -> None:
        for batch in table:
            failed = self._protect(batch, packet)
            count = len(batch.contexts)
            self._iovec_lengths[1 : 2 * count : 2] = array("Q", srtp_ffi.unpack(self._lengths, count))
            start = 0
            for at in failed:
                self._transmit(batch, start, at, len(packet))
                start = at + 1
            self._transmit(batch, start, count, len(packet))

    def _protect(self, batch: NativeBatch, packet: bytes) -> list[int]:
        """Fill the buffers; the places where protection failed."""
        size, count = len(packet), len(batch.contexts)
        srtp_ffi.buffer(self._lengths, 4 * count)[:] = array("i", [size]) * count
        failed = []
        # One copy of the whole slab costs less than a call per buffer.
        self._bytes[: BUFFER * count] = (packet + bytes(BUFFER - size)) * count
        protect = srtp.srtp_protect
        for context, buffer, length in zip(batch.contexts, self._buffers, self._length_at, strict=False):
            if protect(context, buffer, length):
                failed.append(self._length_at.index(length))
        self._counters.protect_failed += len(failed)
        return failed

    def _transmit(self, batch: NativeBatch, start: int, end: int, size: int) -> None:
        counters = self._counters
        while start < end:
            sent = _LIBC.sendmmsg(batch.fd, batch.headers + start, end - start, socket.MSG_DONTWAIT)
            if sent > 0:
                counters.sent += sent
                counters.sent_bytes += sent * size
                start += sent
            elif _ffi.errno in _FULL:
                counters.send_full += end - start
                return
            elif _ffi.errno != errno.EINTR:
                # The first of the remaining is refused (its address, its size): go on behind it.
                counters.send_failed += 1
                start += 1
