"""STUN messages as ICE uses them: pure parsing and building (RFC 8489; the ICE attributes are RFC 8445 section 16.1).

`parse` raises ValueError for anything that is not a whole, well-formed message; it never looks at who sent it.
Nothing in a parsed message is to be believed before `authentic(message, password)` has said yes.
"""

import hashlib
import hmac
import socket
import struct
import zlib
from dataclasses import dataclass
from typing import Final

HEADER: Final = 20
MAGIC_COOKIE: Final = 0x2112A442
FINGERPRINT_XOR: Final = 0x5354554E  # RFC 8489 section 14.7

BINDING_REQUEST: Final = 0x0001
BINDING_INDICATION: Final = 0x0011
BINDING_SUCCESS: Final = 0x0101
BINDING_ERROR: Final = 0x0111

USERNAME: Final = 0x0006
MESSAGE_INTEGRITY: Final = 0x0008
ERROR_CODE: Final = 0x0009
UNKNOWN_ATTRIBUTES: Final = 0x000A
MESSAGE_INTEGRITY_SHA256: Final = 0x001C
XOR_MAPPED_ADDRESS: Final = 0x0020
PRIORITY: Final = 0x0024
USE_CANDIDATE: Final = 0x0025
FINGERPRINT: Final = 0x8028
ICE_CONTROLLED: Final = 0x8029
ICE_CONTROLLING: Final = 0x802A

# Below 0x8000 a receiver must understand an attribute or refuse the request (RFC 8489 section 14).
UNDERSTOOD: Final = frozenset({
    USERNAME, MESSAGE_INTEGRITY, MESSAGE_INTEGRITY_SHA256, ERROR_CODE, UNKNOWN_ATTRIBUTES, XOR_MAPPED_ADDRESS,
    PRIORITY, USE_CANDIDATE,
})  # fmt: skip
INTEGRITY_SIZE: Final = 24  # attribute header and a SHA-1 digest

_header = struct.Struct("!HHI12s")
_attribute = struct.Struct("!HH")


@dataclass(frozen=True, slots=True)
class Message:
    kind: int
    transaction: bytes
    attributes: dict[int, bytes]
    raw: bytes
    integrity_at: int
    "Where MESSAGE-INTEGRITY begins in `raw`; -1 without it."

    @property
    def unknown(self) -> list[int]:
        """Attributes that must be understood and are not."""
        return [a for a in self.attributes if a < 0x8000 and a not in UNDERSTOOD]


def parse(data: bytes) -> Message:
    if len(data) < HEADER:
        raise ValueError("shorter than a STUN header")
    kind, length, cookie, transaction = _header.unpack_from(data)
    if cookie != MAGIC_COOKIE or kind & 0xC000:
        raise ValueError("no STUN magic cookie")
    if length != len(data) - HEADER or length % 4:
        raise ValueError("STUN length does not fit the datagram")
    attributes, integrity_at = _attributes(data)
    return Message(kind, transaction, attributes, data, integrity_at)


def _attributes(data: bytes) -> tuple[dict[int, bytes], int]:
    attributes: dict[int, bytes] = {}
    integrity_at = -1
    at, end = HEADER, len(data)
    while at < end:
        name, size = _attribute.unpack_from(data, at)
        value = data[at + 4 : at + 4 + size]
        if len(value) < size:
            raise ValueError("STUN attribute runs past the end")
        if name == FINGERPRINT:
            _check_fingerprint(data, at, value)
        elif integrity_at >= 0:
            pass  # after MESSAGE-INTEGRITY nothing is protected, so nothing is read (RFC 8489 section 14.5)
        elif name == MESSAGE_INTEGRITY:
            integrity_at = at
            attributes[name] = value
        else:
            attributes.setdefault(name, value)  # of repeated attributes the first counts (section 14)
        at += 4 + size + (-size % 4)
    return attributes, integrity_at


def _check_fingerprint(data: bytes, at: int, value: bytes) -> None:
    if at + 8 != len(data) or len(value) != 4:
        raise ValueError("FINGERPRINT is not the last attribute")
    if int.from_bytes(value, "big") != zlib.crc32(data[:at]) ^ FINGERPRINT_XOR:
        raise ValueError("FINGERPRINT does not match")


def authentic(message: Message, password: bytes) -> bool:
    """Whether MESSAGE-INTEGRITY is there and was made with this password (short-term credentials, section 9.1.3)."""
    at = message.integrity_at
    if at < 0 or len(message.attributes[MESSAGE_INTEGRITY]) != 20:
        return False
    covered = message.raw[:2] + struct.pack("!H", at + INTEGRITY_SIZE - HEADER) + message.raw[4:at]
    return hmac.compare_digest(hmac.digest(password, covered, hashlib.sha1), message.attributes[MESSAGE_INTEGRITY])


def build(kind: int, transaction: bytes, attributes: list[tuple[int, bytes]], password: bytes | None = None) -> bytes:
    """A message with MESSAGE-INTEGRITY when a password is given, and always with FINGERPRINT."""
    body = b"".join(_attribute.pack(name, len(value)) + value + bytes(-len(value) % 4) for name, value in attributes)
    if password is not None:
        covered = _header.pack(kind, len(body) + INTEGRITY_SIZE, MAGIC_COOKIE, transaction) + body
        body += _attribute.pack(MESSAGE_INTEGRITY, 20) + hmac.digest(password, covered, hashlib.sha1)
    covered = _header.pack(kind, len(body) + 8, MAGIC_COOKIE, transaction) + body
    return covered + struct.pack("!HHI", FINGERPRINT, 4, zlib.crc32(covered) ^ FINGERPRINT_XOR)


def xor_address(host: str, port: int, transaction: bytes) -> bytes:
    """The value of XOR-MAPPED-ADDRESS (section 14.2)."""
    family, packed = _packed(host)
    mask = MAGIC_COOKIE.to_bytes(4, "big") + transaction
    masked = bytes(a ^ b for a, b in zip(packed, mask, strict=False))
    return struct.pack("!xBH", family, port ^ (MAGIC_COOKIE >> 16)) + masked


def read_xor_address(value: bytes, transaction: bytes) -> tuple[str, int]:
    if len(value) not in (8, 20):
        raise ValueError("XOR-MAPPED-ADDRESS has a wrong size")
    family, port = struct.unpack_from("!xBH", value)
    if (family, len(value)) not in ((1, 8), (2, 20)):
        raise ValueError("XOR-MAPPED-ADDRESS names another family than it carries")
    mask = MAGIC_COOKIE.to_bytes(4, "big") + transaction
    packed = bytes(a ^ b for a, b in zip(value[4:], mask, strict=False))
    return socket.inet_ntop(socket.AF_INET if family == 1 else socket.AF_INET6, packed), port ^ (MAGIC_COOKIE >> 16)


def _packed(host: str) -> tuple[int, bytes]:
    if ":" in host:
        return 2, socket.inet_pton(socket.AF_INET6, host.partition("%")[0])  # without the zone of a link-local address
    return 1, socket.inet_pton(socket.AF_INET, host)


def error_code(code: int, reason: str = "") -> bytes:
    """The value of ERROR-CODE (section 14.8)."""
    return struct.pack("!xxBB", code // 100, code % 100) + reason.encode()


def read_error_code(value: bytes) -> int:
    if len(value) < 4:
        raise ValueError("ERROR-CODE is too short")
    return (value[2] & 7) * 100 + value[3]
