"""RTP header extensions in their one-byte and two-byte forms (RFC 8285)."""

from __future__ import annotations

from classroom.rtp.header import HEADER_LENGTH

_ONE_BYTE = 0xBEDE
_TWO_BYTE = 0x1000  # the low four bits are "appbits" (RFC 8285 4.3)


def parse(packet: bytes) -> dict[int, bytes]:
    """Elements by their id; empty for no extension or an unknown form. The packet has passed
    `header.payload_bounds`."""
    if not packet[0] & 0x10:
        return {}
    start = HEADER_LENGTH + 4 * (packet[0] & 0x0F)
    profile = packet[start] << 8 | packet[start + 1]
    words = packet[start + 2] << 8 | packet[start + 3]
    body = packet[start + 4 : start + 4 + 4 * words]
    if profile == _ONE_BYTE:
        return _one_byte(body)
    if profile & 0xFFF0 == _TWO_BYTE:
        return _two_byte(body)
    return {}


def _one_byte(body: bytes) -> dict[int, bytes]:
    elements: dict[int, bytes] = {}
    at = 0
    while at < len(body):
        identifier, length = body[at] >> 4, (body[at] & 0x0F) + 1
        if body[at] == 0:
            at += 1
            continue
        if identifier == 15:  # reserved: stop here (RFC 8285 4.2)
            break
        elements[identifier] = _element(body, at + 1, length)
        at += 1 + length
    return elements


def _two_byte(body: bytes) -> dict[int, bytes]:
    elements: dict[int, bytes] = {}
    at = 0
    while at < len(body):
        if body[at] == 0:
            at += 1
            continue
        if at + 1 >= len(body):
            raise ValueError("header extension element is truncated")
        elements[body[at]] = _element(body, at + 2, body[at + 1])
        at += 2 + body[at + 1]
    return elements


def _element(body: bytes, start: int, length: int) -> bytes:
    if start + length > len(body):
        raise ValueError("header extension element is truncated")
    return body[start : start + length]
