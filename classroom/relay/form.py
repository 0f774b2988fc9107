"""The form in which one line gets a stream's canonical packets. Pure: the same packet in the same form is the same
bytes, always, so that a repair never uses a nonce twice.

All viewers of a layer share one form until one of them has come from another layer: from then on her numbers, times
and pictures differ from the layer's own by amounts that stay as they are until she changes again.
"""

from __future__ import annotations

import struct
from typing import NamedTuple

from classroom.rtp import header, red, vp8
from classroom.rtp.vp8 import Descriptor

# The payload type of a canonical packet: the stream's codec as it is, or inside RED.
PLAIN, IN_RED = 0, 1

_NUMBERS = struct.Struct("!HII")
_HEADER = struct.Struct("!BBHII")
_PICTURE = struct.Struct("!HB")


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

    def dress(self, packet: bytes, number: int, found: Descriptor | None = None) -> bytes | None:
        """A canonical packet as this line gets it; `number` is its own, unwrapped, `found` its descriptor if somebody
        has read it already."""
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
        return self._move(packet, payload_type, self.shift, found)

    def _move(self, packet: bytes, payload_type: int, shift: Shift, found: Descriptor | None) -> bytes:
        sequence, timestamp, _ = _NUMBERS.unpack_from(packet, 2)
        head = _HEADER.pack(
            0x80,
            packet[1] & 0x80 | payload_type,
            (sequence + shift.number) & 0xFFFF,
            (timestamp + shift.timestamp) & 0xFFFFFFFF,
            shift.ssrc,
        )
        if not self.vp8 or len(packet) == header.HEADER_LENGTH or not (shift.picture or shift.tl0):
            return head + packet[header.HEADER_LENGTH :]
        found = found or vp8.parse(packet, header.HEADER_LENGTH, len(packet))
        picture, tl0 = found.picture_id + shift.picture, found.tl0picidx + shift.tl0
        at = found.picture_id_at
        if found.wide and found.tl0picidx_at == at + 2:  # as browsers do
            numbers = _PICTURE.pack(0x8000 | picture & 0x7FFF, tl0 & 0xFF)
            return b"".join((head, packet[header.HEADER_LENGTH : at], numbers, packet[at + 3 :]))
        moved = bytearray(packet[header.HEADER_LENGTH :])
        vp8.renumber(moved, found, header.HEADER_LENGTH, picture, tl0)
        return head + bytes(moved)
