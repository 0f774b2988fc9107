"""The kernel's floor: the same packets to the same number of sockets by `sendmmsg`, with no encryption and no relay.

    python -m tests.benchmarks.floor PORTS SECONDS

PORTS is a JSON list of ports on loopback that somebody reads. Paced as real video (a frame every 33 ms to every
socket). Prints µs of CPU per packet.
"""

import json
import socket
import sys
import time

import cffi

from .traffic import AUDIO_PER_SECOND, FRAMES_PER_SECOND, PACKETS_PER_FRAME, VIDEO_BYTES

CHUNK = 64
_ffi = cffi.FFI()
_ffi.cdef("""
struct iovec { void *iov_base; size_t iov_len; };
struct msghdr { void *msg_name; unsigned msg_namelen; struct iovec *msg_iov; size_t msg_iovlen; void *msg_control;
                size_t msg_controllen; int msg_flags; };
struct mmsghdr { struct msghdr msg_hdr; unsigned msg_len; };
int sendmmsg(int fd, struct mmsghdr *messages, unsigned count, int flags);
""")
_libc = _ffi.dlopen(None)


class Blast:
    """One `sendmmsg` table that addresses all ports on loopback."""

    def __init__(self, ports: list[int]) -> None:
        count = len(ports)
        self.source = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.source.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 4 << 20)
        self.payload = _ffi.new("char[]", VIDEO_BYTES)
        self.messages = _ffi.new("struct mmsghdr[]", count)
        self.kept = [self._address(index, port) for index, port in enumerate(ports)]
        self.count = count

    def _address(self, index: int, port: int) -> tuple[object, object]:
        raw = socket.AF_INET.to_bytes(2, sys.byteorder) + port.to_bytes(2, "big") + bytes((127, 0, 0, 1)) + bytes(8)
        name, vector = _ffi.new("char[]", raw), _ffi.new("struct iovec *", {"iov_base": self.payload})
        vector.iov_len = VIDEO_BYTES
        header = self.messages[index].msg_hdr
        header.msg_name, header.msg_namelen, header.msg_iov, header.msg_iovlen = name, 16, vector, 1
        return name, vector

    def send(self) -> None:
        """One packet to every socket; the full ones drop it, as a slow reader would."""
        for start in range(0, self.count, CHUNK):
            _libc.sendmmsg(self.source.fileno(), self.messages + start, min(CHUNK, self.count - start), 0)


def measure(ports: list[int], seconds: float) -> float:
    """µs of CPU (user and system) per packet, paced as the benchmark's publisher paces; the pacing is not counted."""
    blast, packets, spent = Blast(ports), 0, 0.0
    start, frames, voices = time.monotonic(), 0, 0
    while (now := time.monotonic() - start) < seconds:
        due = 0
        while frames < now * FRAMES_PER_SECOND:
            due, frames = due + PACKETS_PER_FRAME, frames + 1
        while voices < now * AUDIO_PER_SECOND:
            due, voices = due + 1, voices + 1
        before = time.thread_time()
        for _ in range(due):
            blast.send()
        spent += time.thread_time() - before
        packets += due * len(ports)
        time.sleep(0.003)
    return spent * 1e6 / packets


if __name__ == "__main__":
    print(f"{measure(json.loads(sys.argv[1]), float(sys.argv[2])):.3f}")
