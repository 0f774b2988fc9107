"""WebM (RFC 9559, EBML: RFC 8794): the head, clusters, and the cues that make one seekable file of them.

Not libav's muxer, for the reasons that mp4.py gives.
"""

from __future__ import annotations

import struct
from collections.abc import Sequence

from classroom.recorder.samples import Run, Track

SUFFIX = "webm"
_UNKNOWN = b"\x01\xff\xff\xff\xff\xff\xff\xff"
_OPUS_HEAD = b"OpusHead" + struct.pack("<BBHIhB", 1, 2, 0, 48000, 0, 0)
_NAMES = {"vp8": b"V_VP8", "opus": b"A_OPUS"}
_LONGEST = 32000
"""Milliseconds that a block's own time may differ from its cluster's (16 bits)."""
REFERENCE = 24
"""Bytes for each segment in the cues."""


def element(identity: int, *content: bytes) -> bytes:
    body = b"".join(content)
    return _identity(identity) + (1 << 56 | len(body)).to_bytes(8, "big") + body


def _identity(identity: int) -> bytes:
    return identity.to_bytes((identity.bit_length() + 7) // 8, "big")


def _small(identity: int, body: bytes) -> bytes:
    """With a length of one byte, for what is shorter than 127."""
    return _identity(identity) + bytes((0x80 | len(body),)) + body


def _number(identity: int, value: int) -> bytes:
    return _small(identity, value.to_bytes(max(1, (value.bit_length() + 7) // 8), "big"))


def media_type(tracks: Sequence[Track]) -> str:
    kind = "audio" if all(track.codec == "opus" for track in tracks) else "video"
    return f'{kind}/webm; codecs="{",".join(track.name for track in tracks)}"'


def head(tracks: Sequence[Track], lasts: float = 0.0) -> bytes:
    """What comes first in a file and in a stream; the segment's length stays open."""
    return _ebml() + _identity(0x18538067) + _UNKNOWN + _info(lasts) + _tracks(tracks)


def _ebml() -> bytes:
    return element(
        0x1A45DFA3,
        *(_number(identity, value) for identity, value in ((0x4286, 1), (0x42F7, 1), (0x42F2, 4), (0x42F3, 8))),
        _small(0x4282, b"webm"),
        *(_number(identity, value) for identity, value in ((0x4287, 4), (0x4285, 2))),
    )


def _info(lasts: float) -> bytes:
    duration = _small(0x4489, struct.pack(">d", lasts * 1000)) if lasts else b""
    return element(0x1549A966, _number(0x2AD7B1, 1_000_000), _small(0x4D80, b"songjiao"), _small(0x5741, b"songjiao"),
                   duration)  # fmt: skip


def _tracks(tracks: Sequence[Track]) -> bytes:
    return element(0x1654AE6B, *(_track(track) for track in tracks))


def _track(track: Track) -> bytes:
    sound = track.codec == "opus"
    common = [
        _number(0xD7, track.number),
        _number(0x73C5, track.number),
        _number(0x9C, 0),
        _number(0x83, 2 if sound else 1),
        _small(0x86, _NAMES[track.codec]),
    ]
    if sound:
        rate = _small(0xB5, struct.pack(">d", 48000.0))
        return element(0xAE, *common, _small(0x63A2, _OPUS_HEAD), element(0xE1, rate, _number(0x9F, 2)))
    return element(0xAE, *common, element(0xE0, _number(0xB0, track.size[0]), _number(0xBA, track.size[1])))


def part(sequence: int, runs: Sequence[Run]) -> bytes:
    """One cluster, or several where it is longer than half a minute."""
    blocks = sorted(
        (sample.at * 1000 // track.rate, track.number, sample.key, sample.data)
        for track, samples in runs
        for sample in samples
    )
    clusters: list[bytes] = []
    while blocks:
        begin = blocks[0][0]
        inside = [block for block in blocks if block[0] - begin <= _LONGEST]
        blocks = blocks[len(inside) :]
        clusters.append(element(0x1F43B675, _number(0xE7, begin), *(_block(begin, *block) for block in inside)))
    return b"".join(clusters)


def _block(begin: int, at: int, number: int, key: bool, data: bytes) -> bytes:
    return element(0xA3, bytes((0x80 | number,)), struct.pack(">hB", at - begin, 0x80 * key), data)


def indexed_head(
    tracks: Sequence[Track], segments: Sequence[tuple[float, int, bool]], room: int, begin: float = 0.0
) -> bytes:
    """As mp4.indexed_head: the cues stand before the clusters."""
    lasts = sum((one[0] for one in segments), begin) if segments else 0.0
    ebml, info, described = _ebml(), _info(lasts), _tracks(tracks)
    size = sum(one[1] for one in segments)
    inner = len(ebml) + 12
    cues = _cues(tracks[0].number, segments, room - inner, begin) if segments else b""
    left = room - inner - len(info) - len(described) - len(cues)
    if left < 9:
        raise ValueError("the head has too little room for its index")
    inside = room - inner + size
    length = (1 << 56 | inside).to_bytes(8, "big") if segments else _UNKNOWN
    return ebml + _identity(0x18538067) + length + info + described + cues + element(0xEC, bytes(left - 9))


def _cues(track: int, segments: Sequence[tuple[float, int, bool]], offset: int, at: float) -> bytes:
    points = []
    for lasts, size, key in segments:
        if key:
            place = _small(0xB7, _number(0xF7, track) + _number(0xF1, offset))
            points.append(_small(0xBB, _number(0xB3, round(at * 1000)) + place))
        at, offset = at + lasts, offset + size
    return element(0x1C53BB6B, *points) if points else b""


def room_for(segments: int) -> int:
    return 2048 + REFERENCE * segments
