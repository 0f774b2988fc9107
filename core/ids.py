"""Primary keys: UUIDs of version 7 (RFC 9562, section 5.7), so that new rows lie together in an index."""

import os
import time
from uuid import UUID


def new_id() -> UUID:
    return uuid7(time.time_ns() // 1_000_000, os.urandom(10))


def uuid7(milliseconds: int, random: bytes) -> UUID:
    """`random` is 10 bytes: 12 bits after the version and 62 after the variant are used."""
    chance = int.from_bytes(random, "big")
    value = (milliseconds & (1 << 48) - 1) << 80
    value |= 0x7 << 76 | (chance >> 64 & 0xFFF) << 64
    value |= 0b10 << 62 | chance & (1 << 62) - 1
    return UUID(int=value)
