"""RTCP feedback: NACK and PLI (RFC 4585 6), FIR (RFC 5104 4.3.1), REMB (draft-alvestrand-rmcat-remb-03)."""

from __future__ import annotations

import struct
from collections.abc import Iterable
from typing import NamedTuple

from classroom.rtp.reports import packet

TRANSPORT_FEEDBACK, PAYLOAD_FEEDBACK = 205, 206
_NACK, _PLI, _FIR, _APPLICATION = 1, 1, 4, 15
_REMB_NAME = b"REMB"

# One NACK packet asks for at most this many numbers; a viewer that lost more needs a key frame.
MAX_NACKED = 1024


class Nack(NamedTuple):
    sender: int
    ssrc: int
    sequences: tuple[int, ...]


class PictureLoss(NamedTuple):
    sender: int
    ssrc: int


class FullIntraRequest(NamedTuple):
    """`entries`: (SSRC, command number)."""

    sender: int
    entries: tuple[tuple[int, int], ...]


class Remb(NamedTuple):
    """`bitrate` in bit/s."""

    sender: int
    bitrate: int
    ssrcs: tuple[int, ...]


Feedback = Nack | PictureLoss | FullIntraRequest | Remb


def build_nack(nack: Nack) -> bytes:
    items = b"".join(struct.pack("!HH", first, mask) for first, mask in _pack_sequences(nack.sequences))
    return packet(TRANSPORT_FEEDBACK, _NACK, struct.pack("!II", nack.sender, nack.ssrc) + items)


def _pack_sequences(sequences: Iterable[int]) -> list[tuple[int, int]]:
    """Number and bit mask of the 16 that follow it (RFC 4585 6.2.1), in the order given."""
    items: list[tuple[int, int]] = []
    for number in sequences:
        ahead = (number - items[-1][0]) & 0xFFFF if items else 0
        if 1 <= ahead <= 16:
            items[-1] = (items[-1][0], items[-1][1] | 1 << (ahead - 1))
        elif not items or ahead:
            items.append((number & 0xFFFF, 0))
    return items


def build_picture_loss(loss: PictureLoss) -> bytes:
    return packet(PAYLOAD_FEEDBACK, _PLI, struct.pack("!II", loss.sender, loss.ssrc))


def build_full_intra_request(request: FullIntraRequest) -> bytes:
    entries = b"".join(struct.pack("!IB3x", ssrc, number & 0xFF) for ssrc, number in request.entries)
    return packet(PAYLOAD_FEEDBACK, _FIR, struct.pack("!II", request.sender, 0) + entries)


def build_remb(remb: Remb) -> bytes:
    exponent = max(0, remb.bitrate.bit_length() - 18)
    word = len(remb.ssrcs) << 24 | exponent << 18 | remb.bitrate >> exponent
    body = struct.pack("!II4sI", remb.sender, 0, _REMB_NAME, word) + struct.pack(f"!{len(remb.ssrcs)}I", *remb.ssrcs)
    return packet(PAYLOAD_FEEDBACK, _APPLICATION, body)


def parse_transport_feedback(form: int, body: bytes) -> Feedback | None:
    """None for a form that we do not use."""
    if form != _NACK:
        return None
    if len(body) < 12:
        raise ValueError("NACK is truncated")
    sender, ssrc = struct.unpack_from("!II", body)
    return Nack(sender, ssrc, _unpack_sequences(body[8:]))


def _unpack_sequences(items: bytes) -> tuple[int, ...]:
    sequences: list[int] = []
    for first, mask in struct.iter_unpack("!HH", items):
        sequences.append(first)
        sequences.extend((first + 1 + bit) & 0xFFFF for bit in range(16) if mask >> bit & 1)
        if len(sequences) > MAX_NACKED:
            raise ValueError("NACK asks for too many packets")
    return tuple(sequences)


def parse_payload_feedback(form: int, body: bytes) -> Feedback | None:
    """None for a form that we do not use."""
    if len(body) < 8:
        raise ValueError("payload feedback is truncated")
    sender, ssrc = struct.unpack_from("!II", body)
    if form == _PLI:
        return PictureLoss(sender, ssrc)
    if form == _FIR:
        return FullIntraRequest(sender, _parse_entries(body))
    if form == _APPLICATION and body[8:12] == _REMB_NAME:
        return _parse_remb(sender, body)
    return None


def _parse_entries(body: bytes) -> tuple[tuple[int, int], ...]:
    if len(body) % 8:
        raise ValueError("FIR is truncated")
    return tuple(struct.iter_unpack("!IB3x", body[8:]))


def _parse_remb(sender: int, body: bytes) -> Remb:
    if len(body) < 16:
        raise ValueError("REMB is truncated")
    word = int.from_bytes(body[12:16], "big")
    if len(body) < 16 + 4 * (word >> 24):
        raise ValueError("REMB is truncated")
    ssrcs = struct.unpack_from(f"!{word >> 24}I", body, 16)
    return Remb(sender, (word & 0x3FFFF) << (word >> 18 & 0x3F), ssrcs)
