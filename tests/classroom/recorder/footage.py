"""Real encoded media for the recorder's tests, made once: a second's worth of frames and voice by PyAV's encoders."""

from fractions import Fraction
from functools import cache
from typing import Any, NamedTuple

import av
import numpy as np

from classroom.rtp import header
from classroom.rtp.h264 import IDR


class Shot(NamedTuple):
    """A frame as its encoder gave it; H264 in NAL units with start codes."""

    data: bytes
    key: bool


@cache
def pictures(codec: str = "libvpx", size: tuple[int, int] = (320, 180), count: int = 90, every: int = 30) -> list[Shot]:
    """`codec`: libvpx or libx264; a key frame after each `every` frames. A bar moves; its place tells the frame."""
    encoder: Any = av.CodecContext.create(codec, "w")
    encoder.width, encoder.height, encoder.pix_fmt = *size, "yuv420p"
    encoder.time_base, encoder.framerate, encoder.gop_size = Fraction(1, 30), Fraction(30), every
    fast = {"preset": "ultrafast", "tune": "zerolatency", "profile": "baseline"}
    encoder.options = fast if codec == "libx264" else {"deadline": "realtime", "cpu-used": "8", "lag-in-frames": "0"}
    found: list[Shot] = []
    for number in range(count):
        image = np.full((size[1], size[0], 3), 40, np.uint8)
        at = number * (size[0] - 16) // count
        image[:, at : at + 16] = 220
        frame = av.VideoFrame.from_ndarray(image, format="rgb24")
        frame.pts = number
        found += [Shot(bytes(packet), bool(packet.is_keyframe)) for packet in encoder.encode(frame)]
    return found


@cache
def voice(count: int = 50) -> list[bytes]:
    """Packets of 20 ms."""
    encoder: Any = av.CodecContext.create("libopus", "w")
    encoder.sample_rate, encoder.layout, encoder.format = 48000, "stereo", "s16"
    encoder.options = {"application": "voip", "frame_duration": "20"}
    found: list[bytes] = []
    for number in range(count + 10):
        times = np.arange(number * 960, (number + 1) * 960) / 48000
        tone = (np.sin(times * 440 * 2 * np.pi) * 8000).astype(np.int16)
        frame = av.AudioFrame.from_ndarray(np.repeat(tone, 2)[None, :], format="s16", layout="stereo")
        frame.sample_rate, frame.pts = 48000, number * 960
        found += [bytes(packet) for packet in encoder.encode(frame)]
    return found[:count]


def vp8_payloads(data: bytes, picture: int, most: int = 1000) -> list[bytes]:
    """RFC 7741, with a picture_id of 15 bits, as browsers send it."""
    pieces = [data[at : at + most] for at in range(0, len(data), most)]
    head = bytes((0x80, 0x80, 0x80 | picture >> 8 & 0x7F, picture & 0xFF))
    return [bytes((head[0] | 0x10 * (index == 0),)) + head[1:] + piece for index, piece in enumerate(pieces)]


def h264_payloads(data: bytes, most: int = 1000) -> list[bytes]:
    """RFC 6184: parameter sets in one STAP-A, large units in FU-A."""
    units = [unit for unit in data.replace(b"\0\0\0\1", b"\0\0\1").split(b"\0\0\1") if unit]
    sets = [unit for unit in units if unit[0] & 0x1F in (7, 8)]
    payloads = [b"\x78" + b"".join(len(unit).to_bytes(2, "big") + unit for unit in sets)] if sets else []
    for unit in units:
        if unit[0] & 0x1F in (7, 8):
            continue
        if len(unit) <= most:
            payloads.append(unit)
            continue
        pieces = [unit[at : at + most] for at in range(1, len(unit), most)]
        for index, piece in enumerate(pieces):
            flags = 0x80 * (index == 0) | 0x40 * (index == len(pieces) - 1) | unit[0] & 0x1F
            payloads.append(bytes((unit[0] & 0xE0 | 28, flags)) + piece)
    return payloads


def has_idr(shot: Shot) -> bool:
    return any(unit and unit[0] & 0x1F == IDR for unit in shot.data.split(b"\0\0\1"))


class Stream:
    """Numbers payloads as an RTP sender does."""

    def __init__(self, payload_type: int, rate: int, ssrc: int = 7, sequence: int = 65000, first: int = 0) -> None:
        self.payload_type, self.rate, self.ssrc = payload_type, rate, ssrc
        self.sequence, self.first = sequence, first

    def timestamp(self, at: float) -> int:
        return (self.first + round(at * self.rate)) & 0xFFFFFFFF

    def packets(self, payloads: list[bytes], at: float) -> list[bytes]:
        made = []
        for index, payload in enumerate(payloads):
            marker = 0x80 * (index == len(payloads) - 1)
            stamp = self.timestamp(at)
            made.append(header.build(marker, self.payload_type, self.sequence, stamp, self.ssrc, payload))
            self.sequence = (self.sequence + 1) & 0xFFFF
        return made
