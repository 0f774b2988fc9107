"""What the load clients send and read: VP8 and Opus look-alikes that carry their own send time and number.

The relay never decodes, so the payload after the VP8 descriptor and its 10-byte frame header is ours:
8 bytes send time (ns since 1970), 8 bytes packet number, then filling.
"""

import struct

PACKETS_PER_FRAME = 6
FRAMES_PER_SECOND = 30
AUDIO_PER_SECOND = 50
PACKETS_PER_SECOND = PACKETS_PER_FRAME * FRAMES_PER_SECOND + AUDIO_PER_SECOND  # 230, as FACTS compares others
VIDEO_BYTES, AUDIO_BYTES = 1100, 92
_STAMP = struct.Struct("!QQ")
_STAMP_OFFSET_VIDEO = 12 + 4 + 10
_STAMP_OFFSET_AUDIO = 12


def rtp_header(pt: int, sequence: int, timestamp: int, ssrc: int, marker: bool) -> bytes:
    """A fixed RTP header (RFC 3550 5.1)."""
    return struct.pack("!BBHII", 0x80, pt | marker << 7, sequence & 0xFFFF, timestamp & 0xFFFFFFFF, ssrc)


def video_payload(number: int, now_ns: int, picture_id: int, first: bool, key: bool) -> bytes:
    """VP8 (RFC 7741): descriptor with a 15-bit picture id; a frame header, with the start code in key frames."""
    descriptor = bytes((0x80 | first << 4, 0x80, 0x80 | picture_id >> 8 & 0x7F, picture_id & 0xFF))
    start = b"\x10\x02\x00\x9d\x01\x2a\x00\x05\xd0\x02" if key else b"\x11\x02\x00" + bytes(7)
    header = start if first else bytes(10)
    body = descriptor + header + _STAMP.pack(now_ns, number)
    return body.ljust(VIDEO_BYTES - 12, b"\x55")


def audio_payload(number: int, now_ns: int) -> bytes:
    """An Opus-sized payload."""
    return _STAMP.pack(now_ns, number).ljust(AUDIO_BYTES - 12, b"\x55")


def read_stamp(packet: bytes, video: bool) -> tuple[int, int]:
    """(send time ns, packet number) of a decrypted packet without header extensions. Raises struct.error when short."""
    return _STAMP.unpack_from(packet, _STAMP_OFFSET_VIDEO if video else _STAMP_OFFSET_AUDIO)
