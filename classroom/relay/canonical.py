"""The one outgoing stream that all viewers of a slot share: its SSRC, numbers and timestamps are the server's own.

Publishers come and go, the stream goes on: a new one begins one number after the last, at a timestamp as much later
as the clock on the wall says, and with VP8 at the next picture_id and tl0picidx. Viewers never notice a seam.
"""

from __future__ import annotations

import random

from classroom.rtp import header, vp8
from classroom.rtp.packet_map import PacketMap
from classroom.rtp.sequence import signed_distance

# The least step of time between two publishers, so that timestamps never stand still (seconds).
MIN_STEP = 0.001

_MASK32 = 0xFFFFFFFF


class Canonical:
    """`newest` is the highest number so far, unwrapped; `timestamp` and `moment` are its timestamp and its arrival,
    `picture_id` and `tl0picidx` those of the newest VP8 picture, not cut to their bits, -1 before the first."""

    __slots__ = (
        "_map",
        "_picture_offset",
        "_tl0_offset",
        "clock_rate",
        "moment",
        "newest",
        "picture_id",
        "ssrc",
        "timestamp",
        "timestamp_offset",
        "tl0picidx",
    )

    def __init__(self, ssrc: int, clock_rate: int) -> None:
        self.ssrc = ssrc
        self.clock_rate = clock_rate
        # RFC 3550 5.1 asks for random starts; the lower half keeps SRTP's first roll-over guess right (RFC 3711 3.3.1).
        self.newest = random.randrange(1, 1 << 15)
        self.timestamp = random.getrandbits(32)
        self.moment: float | None = None
        self.timestamp_offset = 0
        self._map = PacketMap()
        self.picture_id = self.tl0picidx = -1
        self._picture_offset = self._tl0_offset = 0

    def begin(self, number: int, packet: bytes, descriptor: vp8.Descriptor | None, now: float, clock_rate: int) -> None:
        """The publisher's `number` (unwrapped) is the first of a new source; it becomes the number after the newest."""
        gap = 0.0 if self.moment is None else max(MIN_STEP, now - self.moment)
        first = self.timestamp + round(gap * clock_rate)
        self.clock_rate = clock_rate
        self.timestamp_offset = (first - header.timestamp(packet)) & _MASK32
        self._map.begin(number, self.newest + 1)
        if descriptor is not None:
            self._begin_pictures(descriptor)

    def _begin_pictures(self, descriptor: vp8.Descriptor) -> None:
        if descriptor.picture_id >= 0 and self.picture_id >= 0:
            self._picture_offset = self.picture_id + 1 - descriptor.picture_id
        if descriptor.tl0picidx >= 0 and self.tl0picidx >= 0:
            self._tl0_offset = self.tl0picidx + 1 - descriptor.tl0picidx

    def rewrite(
        self, number: int, packet: bytes, start: int, end: int, descriptor: vp8.Descriptor | None, now: float, kind: int
    ) -> tuple[int, bytes] | None:
        """The viewers' number and packet, under `kind` (form.PLAIN, form.IN_RED) for payload type; None if it has no
        place among them."""
        mapped = self._map.map(number)
        if mapped is None:
            return None
        payload = packet[start:end]
        if descriptor is not None:
            payload = self._renumber(payload, start, descriptor, mapped)
        timestamp = (header.timestamp(packet) + self.timestamp_offset) & _MASK32
        if mapped > self.newest:
            self.newest = mapped
            if self.moment is None or signed_distance(timestamp, self.timestamp, 32) >= 0:
                self.timestamp, self.moment = timestamp, now
        return mapped, header.build(packet[1] & 0x80, kind, mapped, timestamp, self.ssrc, payload)

    def _renumber(self, payload: bytes, start: int, descriptor: vp8.Descriptor, mapped: int) -> bytes:
        picture_id = descriptor.picture_id + self._picture_offset
        tl0picidx = descriptor.tl0picidx + self._tl0_offset
        if mapped > self.newest:
            self.picture_id = picture_id if descriptor.picture_id >= 0 else self.picture_id
            self.tl0picidx = tl0picidx if descriptor.tl0picidx >= 0 else self.tl0picidx
        if not self._picture_offset and not self._tl0_offset:
            return payload
        changed = bytearray(payload)
        vp8.renumber(changed, descriptor, start, picture_id, tl0picidx)
        return bytes(changed)

    def leave_out(self, number: int) -> bool:
        """See `PacketMap.leave_out`."""
        return self._map.leave_out(number)
