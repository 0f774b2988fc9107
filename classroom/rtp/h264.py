"""H264 payloads (RFC 6184): which packets begin something that a decoder can start from, and how large it is."""

from __future__ import annotations

IDR, SPS, PPS = 5, 7, 8
_STAP_A, _FU_A = 24, 28


def starts(packet: bytes, at: int, end: int) -> frozenset[int]:
    """Of IDR, SPS and PPS, those whose NAL unit begins in this packet: a single NAL, inside a STAP-A, or a first
    FU-A."""
    if at >= end:
        raise ValueError("H264 payload is empty")
    kind = packet[at] & 0x1F
    if kind == _STAP_A:
        return _aggregated(packet, at + 1, end)
    if kind == _FU_A:
        return _fragment(packet, at, end)
    return _SINGLE.get(kind, _NOTHING)


_NOTHING: frozenset[int] = frozenset()
_SINGLE = {kind: frozenset({kind}) for kind in (IDR, SPS, PPS)}


def _fragment(packet: bytes, at: int, end: int) -> frozenset[int]:
    if at + 1 >= end:
        raise ValueError("H264 FU-A is truncated")
    begins = packet[at + 1] & 0x80
    return _SINGLE.get(packet[at + 1] & 0x1F, _NOTHING) if begins else _NOTHING


def _aggregated(packet: bytes, at: int, end: int) -> frozenset[int]:
    found = set()
    while at < end:
        if at + 3 > end:
            raise ValueError("H264 STAP-A is truncated")
        size = packet[at] << 8 | packet[at + 1]
        if size == 0 or at + 2 + size > end:
            raise ValueError("H264 STAP-A is truncated")
        found.add(packet[at + 2] & 0x1F)
        at += 2 + size
    return frozenset(found & {IDR, SPS, PPS})


def picture_size(sps: bytes) -> tuple[int, int]:
    """Width and height of a sequence parameter set, its NAL header included (H.264 7.3.2.1.1). ValueError if it is
    truncated."""
    bits = _Bits(sps[4:].replace(b"\0\0\3", b"\0\0"))
    chroma = 1
    bits.number()  # seq_parameter_set_id
    if len(sps) > 1 and sps[1] in _HIGH:
        chroma = _skip_high(bits)
    bits.number()  # log2_max_frame_num_minus4
    _skip_picture_order(bits)
    bits.number()  # max_num_ref_frames
    bits.take(1)
    wide, high = bits.number() + 1, bits.number() + 1
    frames_only = bits.take(1)
    bits.take(1 if frames_only else 2)
    high *= 2 - frames_only
    crop = [bits.number() for _ in range(4)] if bits.take(1) else [0, 0, 0, 0]
    across, down = (2 if chroma in (1, 2) else 1), (2 if chroma == 1 else 1) * (2 - frames_only)
    return wide * 16 - across * (crop[0] + crop[1]), high * 16 - down * (crop[2] + crop[3])


_HIGH = (100, 110, 122, 244, 44, 83, 86, 118, 128)


def _skip_high(bits: _Bits) -> int:
    """What the high profiles say besides; returns chroma_format_idc."""
    chroma = bits.number()
    if chroma == 3:
        bits.take(1)
    bits.number()
    bits.number()
    bits.take(1)
    if bits.take(1):
        for index in range(8 if chroma != 3 else 12):
            if bits.take(1):
                _skip_scaling_list(bits, 16 if index < 6 else 64)
    return chroma


def _skip_scaling_list(bits: _Bits, size: int) -> None:
    last = following = 8
    for _ in range(size):
        if following:
            following = (last + bits.signed()) % 256
        last = following or last


def _skip_picture_order(bits: _Bits) -> None:
    kind = bits.number()
    if kind == 0:
        bits.number()
    elif kind == 1:
        bits.take(1)
        bits.signed()
        bits.signed()
        for _ in range(min(bits.number(), 255)):
            bits.signed()


class _Bits:
    """Reads bits and Exp-Golomb numbers (H.264 9.1)."""

    def __init__(self, data: bytes) -> None:
        self._word = int.from_bytes(data, "big")
        self._left = len(data) * 8

    def take(self, count: int) -> int:
        if count > self._left:
            raise ValueError("H264 parameter set is truncated")
        self._left -= count
        return self._word >> self._left & ((1 << count) - 1)

    def number(self) -> int:
        zeros = 0
        while not self.take(1):
            zeros += 1
        return (1 << zeros) - 1 + self.take(zeros)

    def signed(self) -> int:
        number = self.number()
        return (number + 1) // 2 if number & 1 else -(number // 2)
