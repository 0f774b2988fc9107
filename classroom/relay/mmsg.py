"""Linux's sendmmsg(2) with UDP segmentation (udp(7), UDP_SEGMENT), by cffi: declarations and layout."""

from __future__ import annotations

import socket
import struct
import sys
from typing import Any

import cffi

ffi = cffi.FFI()
ffi.cdef("""
struct iovec { void *iov_base; size_t iov_len; };
struct msghdr {
    void *msg_name; uint32_t msg_namelen; struct iovec *msg_iov; size_t msg_iovlen;
    void *msg_control; size_t msg_controllen; int msg_flags;
};
struct mmsghdr { struct msghdr msg_hdr; unsigned int msg_len; };
int sendmmsg(int fd, struct mmsghdr *messages, unsigned int count, int flags);
""")

# One struct mmsghdr as 64-bit words, and the places of those that change with the shape of a run.
WORDS = 8
IOV, IOVLEN, CONTROL, CONTROLLEN = 2, 3, 4, 5
MESSAGE = struct.Struct("=QIxxxxQQQQixxxxIxxxx")

# struct cmsghdr with one uint16_t, as CMSG_SPACE pads it.
SEGMENT = struct.Struct("=QiiHxxxxxx")
_SOL_UDP, _UDP_SEGMENT = 17, 103


def library() -> Any:
    """The C library, if it has sendmmsg with the structures as declared above (Linux on 64 bits, little-endian)."""
    if sys.platform != "linux" or sys.maxsize < 1 << 32 or sys.byteorder != "little":
        return None
    found = ffi.dlopen(None)
    return found if hasattr(found, "sendmmsg") else None


def segments() -> bool:
    """Whether this kernel cuts one datagram into several (Linux 4.18)."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.setsockopt(_SOL_UDP, _UDP_SEGMENT, 1200)
        except OSError:
            return False
    return True


def segment_control(size: int) -> bytes:
    """The control message that cuts into segments of `size` bytes."""
    return SEGMENT.pack(SEGMENT.size - 6, _SOL_UDP, _UDP_SEGMENT, size)


def message(name: int, length: int) -> bytes:
    """A struct mmsghdr that so far has only an address: `length` bytes at `name`."""
    return MESSAGE.pack(name, length, 0, 0, 0, 0, 0, 0)
