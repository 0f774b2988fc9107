"""RTCP sender and receiver reports, source descriptions and goodbyes (RFC 3550 6.4 to 6.6)."""

from __future__ import annotations

import struct
from typing import NamedTuple

SENDER_REPORT, RECEIVER_REPORT, SOURCE_DESCRIPTION, GOODBYE = 200, 201, 202, 203

_BLOCK = struct.Struct("!IIIIII")
_SENDER = struct.Struct("!IQIII")
_CNAME = 1


class ReportBlock(NamedTuple):
    """`fraction_lost` in 1/256; `lost` cumulative, may be negative; `jitter` in timestamp units; `lsr`, `dlsr` in
    1/65536 s."""

    ssrc: int
    fraction_lost: int
    lost: int
    highest: int
    jitter: int
    lsr: int
    dlsr: int


class SenderReport(NamedTuple):
    ssrc: int
    ntp: int
    rtp: int
    packets: int
    octets: int
    blocks: tuple[ReportBlock, ...] = ()


class ReceiverReport(NamedTuple):
    ssrc: int
    blocks: tuple[ReportBlock, ...] = ()


class SourceDescription(NamedTuple):
    ssrc: int
    cname: str


class Goodbye(NamedTuple):
    ssrcs: tuple[int, ...]


def packet(kind: int, count: int, body: bytes) -> bytes:
    """One RTCP packet; `body` is a whole number of words."""
    return struct.pack("!BBH", 0x80 | count, kind, len(body) // 4) + body


def build_sender_report(report: SenderReport) -> bytes:
    head = _SENDER.pack(report.ssrc, report.ntp, report.rtp, report.packets & 0xFFFFFFFF, report.octets & 0xFFFFFFFF)
    return packet(SENDER_REPORT, len(report.blocks), head + b"".join(map(_build_block, report.blocks)))


def build_receiver_report(report: ReceiverReport) -> bytes:
    blocks = b"".join(map(_build_block, report.blocks))
    return packet(RECEIVER_REPORT, len(report.blocks), struct.pack("!I", report.ssrc) + blocks)


def build_source_description(description: SourceDescription) -> bytes:
    name = description.cname.encode()[:255]
    chunk = struct.pack("!IBB", description.ssrc, _CNAME, len(name)) + name
    return packet(SOURCE_DESCRIPTION, 1, chunk + bytes(4 - len(chunk) % 4))


def build_goodbye(goodbye: Goodbye) -> bytes:
    return packet(GOODBYE, len(goodbye.ssrcs), struct.pack(f"!{len(goodbye.ssrcs)}I", *goodbye.ssrcs))


def _build_block(block: ReportBlock) -> bytes:
    lost = max(-0x800000, min(0x7FFFFF, block.lost)) & 0xFFFFFF
    word = block.fraction_lost << 24 | lost
    return _BLOCK.pack(block.ssrc, word, block.highest, block.jitter, block.lsr, block.dlsr)


def parse_sender_report(count: int, body: bytes) -> SenderReport:
    if len(body) < 24 + 24 * count:
        raise ValueError("sender report is truncated")
    ssrc, ntp, rtp, packets, octets = _SENDER.unpack_from(body)
    return SenderReport(ssrc, ntp, rtp, packets, octets, _parse_blocks(count, body, 24))


def parse_receiver_report(count: int, body: bytes) -> ReceiverReport:
    if len(body) < 4 + 24 * count:
        raise ValueError("receiver report is truncated")
    return ReceiverReport(int.from_bytes(body[:4], "big"), _parse_blocks(count, body, 4))


def _parse_blocks(count: int, body: bytes, start: int) -> tuple[ReportBlock, ...]:
    return tuple(_parse_block(body, start + 24 * index) for index in range(count))


def _parse_block(body: bytes, at: int) -> ReportBlock:
    ssrc, word, highest, jitter, lsr, dlsr = _BLOCK.unpack_from(body, at)
    lost = word & 0xFFFFFF
    return ReportBlock(ssrc, word >> 24, lost - 0x1000000 if lost & 0x800000 else lost, highest, jitter, lsr, dlsr)


def parse_source_description(count: int, body: bytes) -> SourceDescription | None:
    """The first chunk that names a CNAME; None if there is none."""
    at = 0
    for _ in range(count):
        if at + 4 > len(body):
            raise ValueError("source description is truncated")
        cname, end = _parse_items(body, at + 4)
        if cname is not None:
            return SourceDescription(int.from_bytes(body[at : at + 4], "big"), cname)
        at = end
    return None


def _parse_items(body: bytes, at: int) -> tuple[str | None, int]:
    cname = None
    while at < len(body) and body[at]:
        if at + 1 >= len(body) or at + 2 + body[at + 1] > len(body):
            raise ValueError("source description item is truncated")
        value = body[at + 2 : at + 2 + body[at + 1]]
        if body[at] == _CNAME:
            cname = value.decode(errors="replace")
        at += 2 + len(value)
    return cname, (at // 4 + 1) * 4


def parse_goodbye(count: int, body: bytes) -> Goodbye:
    if len(body) < 4 * count:
        raise ValueError("goodbye is truncated")
    return Goodbye(struct.unpack_from(f"!{count}I", body))
