"""The form in which one line gets a stream's canonical packets. Pure: the same packet in the same form is the same
bytes, always, so that a repair never uses a nonce twice.

All viewers of a layer share one form until one of them has come from another layer: from then on her numbers, times
and pictures differ from the layer's own by amounts that stay as they are until she changes again.
"""

from __future__ import annotations

import struct
from typing import NamedTuple

from classroom.rtp import header, red, vp8

# The payload type of a canonical packet: the stream's codec as it is, or inside RED.
PLAIN, IN_RED = 0, 1

_NUMBERS = struct.Struct("!HII")


class Shift(NamedTuple):
    """What is added to a packet's number, timestamp, picture_id and tl0picidx. Packets before `first` (a canonical
    number) have no place on the line."""

    ssrc: int
    first: int
    number: int
    timestamp: int
    picture: int
    tl0: int


class Form(NamedTuple):
    """`red` is the payload type for sound inside RED; None: it is taken out. `vp8`: there are pictures to number."""

    payload_type: int
    red: int | None = None
    vp8: bool = False
    shift: Shift | None = None

    def dress(self, packet: bytes, number: int) -> bytes | None:
        """A canonical packet as this line gets it; `number` is its own, unwrapped."""
        payload_type = self.payload_type
        if packet[1] & 0x7F == IN_RED:
            if self.red is None:
                packet = red.primary(packet)
            else:
                payload_type = self.red
        if self.shift is None:
            return header.with_payload_type(packet, payload_type)
        if number < self.shift.first:
            return None
        return self._move(packet, payload_type, self.shift)

    def _move(self, packet: bytes, payload_type: int, shift: Shift) -> bytes:
        moved = bytearray(packet)
        sequence, timestamp, _ = _NUMBERS.unpack_from(packet, 2)
        timestamp = (timestamp + shift.timestamp) & 0xFFFFFFFF
        _NUMBERS.pack_into(moved, 2, (sequence + shift.number) & 0xFFFF, timestamp, shift.ssrc)
        moved[1] = packet[1] & 0x80 | payload_type
        if self.vp8 and len(packet) > header.HEADER_LENGTH and (shift.picture or shift.tl0):
            found = vp8.parse(packet, header.HEADER_LENGTH, len(packet))
            vp8.renumber(moved, found, 0, found.picture_id + shift.picture, found.tl0picidx + shift.tl0)
        return bytes(moved)
