"""Fragmented MP4 (ISO/IEC 14496-12, CMAF: 23000-19): the head, fragments, and the index that makes one file of them.

libav's muxer, which PyAV gives, cannot be used: it says itself where fragments end, and starts every file at zero, so
that neither parts of a second nor a recording that goes on after a restart can be had from it.
"""

from __future__ import annotations

import struct
from collections.abc import Sequence

from classroom.recorder.samples import Run, Sample, Track

SUFFIX = "mp4"
_MATRIX = struct.pack(">9I", 0x10000, 0, 0, 0, 0x10000, 0, 0, 0, 0x40000000)
_KEY, _NOT_KEY = 0x02000000, 0x01010000
"""sample_depends_on; sample_is_non_sync_sample (8.8.3.1)."""
_MOVIE_RATE = 1000
REFERENCE = 12
"""Bytes for each segment in the index."""


def box(kind: bytes, *content: bytes) -> bytes:
    body = b"".join(content)
    return struct.pack(">I4s", 8 + len(body), kind) + body


def full_box(kind: bytes, version: int, flags: int, *content: bytes) -> bytes:
    return box(kind, struct.pack(">I", version << 24 | flags), *content)


def media_type(tracks: Sequence[Track]) -> str:
    kind = "audio" if all(track.codec == "opus" for track in tracks) else "video"
    return f'{kind}/mp4; codecs="{",".join(track.name for track in tracks)}"'


def head(tracks: Sequence[Track], lasts: float = 0.0) -> bytes:
    """What comes first in a file and in a stream. `lasts` in seconds, if it is known already."""
    brands = b"".join((b"iso6", b"cmfc", b"mp41"))
    duration = round(lasts * _MOVIE_RATE)
    movie = full_box(b"mvhd", 0, 0, struct.pack(">4IIH10x", 0, 0, _MOVIE_RATE, 0, 0x10000, 0x100), _MATRIX,
                     bytes(24), struct.pack(">I", len(tracks) + 1))  # fmt: skip
    extends = [full_box(b"trex", 0, 0, struct.pack(">5I", track.number, 1, 0, 0, 0)) for track in tracks]
    whole = full_box(b"mehd", 1, 0, struct.pack(">Q", duration)) if duration else b""
    moov = box(b"moov", movie, *(_track(track) for track in tracks), box(b"mvex", whole, *extends))
    return box(b"ftyp", b"iso6", struct.pack(">I", 0), brands) + moov


def _track(track: Track) -> bytes:
    sound = track.codec == "opus"
    width, height = track.size
    header = full_box(b"tkhd", 0, 7, struct.pack(">5I8xHHH2x", 0, 0, track.number, 0, 0, 0, 0, 0x100 * sound),
                      _MATRIX, struct.pack(">II", width << 16, height << 16))  # fmt: skip
    handler = full_box(b"hdlr", 0, 0, bytes(4), b"soun" if sound else b"vide", bytes(12), b"\0")
    kind = full_box(b"smhd", 0, 0, bytes(4)) if sound else full_box(b"vmhd", 0, 1, bytes(8))
    data = box(b"dinf", full_box(b"dref", 0, 0, struct.pack(">I", 1), full_box(b"url ", 0, 1)))
    empty = (full_box(name, 0, 0, bytes(4)) for name in (b"stts", b"stsc", b"stco"))
    entry = _opus_entry() if sound else _h264_entry(track)
    table = box(b"stbl", full_box(b"stsd", 0, 0, struct.pack(">I", 1), entry), *empty,
                full_box(b"stsz", 0, 0, bytes(8)))  # fmt: skip
    media = full_box(b"mdhd", 0, 0, struct.pack(">4I2H", 0, 0, track.rate, 0, 0x55C4, 0))
    return box(b"trak", header, box(b"mdia", media, handler, box(b"minf", kind, data, table)))


def _h264_entry(track: Track) -> bytes:
    """avc3: parameter sets may also stand in the samples (14496-15), so a new resolution needs no new head."""
    sps, pps = track.parameters
    config = box(
        b"avcC",
        bytes((1, *sps[1:4], 0xFF, 0xE1)),
        struct.pack(">H", len(sps)), sps, b"\x01", struct.pack(">H", len(pps)), pps,
    )  # fmt: skip
    picture = struct.pack(">6xH16xHHIIIH32xHh", 1, *track.size, 0x480000, 0x480000, 0, 1, 0x18, -1)
    return box(b"avc3", picture, config)


def _opus_entry() -> bytes:
    """Opus in ISOBMFF, 4.3: two channels, no pre-skip, for the stream is joined in the middle."""
    sound = struct.pack(">6xH8xHH4xI", 1, 2, 16, 48000 << 16)
    return box(b"Opus", sound, box(b"dOps", struct.pack(">BBHIhB", 0, 2, 0, 48000, 0, 0)))


def part(sequence: int, runs: Sequence[Run]) -> bytes:
    """One fragment. A run without samples is left out."""
    filled = [(track, samples) for track, samples in runs if samples]
    size = len(_moof(sequence, filled, 0))
    return _moof(sequence, filled, size + 8) + box(b"mdat", *(one.data for _, samples in filled for one in samples))


def _moof(sequence: int, runs: Sequence[Run], offset: int) -> bytes:
    fragments = []
    for track, samples in runs:
        fragments.append(_traf(track, samples, offset))
        offset += sum(len(sample.data) for sample in samples)
    return box(b"moof", full_box(b"mfhd", 0, 0, struct.pack(">I", sequence)), *fragments)


def _traf(track: Track, samples: Sequence[Sample], offset: int) -> bytes:
    begins = full_box(b"tfdt", 1, 0, struct.pack(">Q", samples[0].at))
    base = full_box(b"tfhd", 0, 0x020000, struct.pack(">I", track.number))
    table = b"".join(struct.pack(">III", one.lasts, len(one.data), _KEY if one.key else _NOT_KEY) for one in samples)
    run = full_box(b"trun", 0, 0x000701, struct.pack(">Ii", len(samples), offset), table)
    return box(b"traf", base, begins, run)


def indexed_head(
    tracks: Sequence[Track], segments: Sequence[tuple[float, int, bool]], room: int, begin: float = 0.0
) -> bytes:
    """The head of a whole file, `room` bytes long, with an index (sidx, 8.16.3) of its segments: of each how many
    seconds it lasts, how many bytes it has, and whether it starts with a key frame. Without segments the head of a
    file that is being written. ValueError if the room is too small."""
    before = head(tracks, sum(one[0] for one in segments))
    index = _index(tracks[0], segments, begin) if segments else b""
    left = room - len(before) - len(index)
    if left < 8:
        raise ValueError("the head has too little room for its index")
    # the index stands right before the first segment, so that its first offset is zero
    return before + box(b"free", bytes(left - 8)) + index


def _index(track: Track, segments: Sequence[tuple[float, int, bool]], at: float) -> bytes:
    references, earliest = [], round(at * track.rate)
    for lasts, size, key in segments:
        ticks = round((at + lasts) * track.rate) - round(at * track.rate)
        references.append(struct.pack(">III", size, ticks, 0x90000000 if key else 0))
        at += lasts
    begins = struct.pack(">IIQQHH", track.number, track.rate, earliest, 0, 0, len(segments))
    return full_box(b"sidx", 1, 0, begins, *references)


def room_for(segments: int) -> int:
    """Bytes that a head with so many segments takes at most."""
    return 2048 + REFERENCE * segments
