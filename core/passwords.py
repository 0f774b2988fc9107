"""Passwords and PINs: Argon2id with the library's current parameters, away from the event loop."""

import asyncio

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

_argon2 = PasswordHasher()


async def hash_password(password: str) -> str:
    return await asyncio.to_thread(_argon2.hash, password)


async def verify_password(hashed: str, password: str) -> bool:
    """False also for a hash that cannot be read. Takes tens of milliseconds, in a thread."""
    return await asyncio.to_thread(_verify, hashed, password)


async def verify_nothing(password: str) -> None:
    """Takes as long as a real check, so that an answer's time does not tell which accounts exist."""
    await verify_password(await _decoy(), password)


async def _decoy() -> str:
    global _decoy_hash
    if not _decoy_hash:
        _decoy_hash = await hash_password("nobody has this password")
    return _decoy_hash


_decoy_hash = ""


def _verify(hashed: str, password: str) -> bool:
    try:
        return _argon2.verify(hashed, password)
    except (VerificationError, InvalidHashError):
        return False
