"""Files of any length, sealed in frames: AES-256-GCM with the frame's number as nonce and a mark on the last one, so
that frames cannot be exchanged and an end cannot be cut off (STREAM; Hoang, Reyhanitabar, Rogaway and Vizár, 2015). A
key seals one file only. Pure."""

from collections.abc import Iterable, Iterator
from typing import BinaryIO

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from core.sealing import Unsealable

FRAME = 1024 * 1024
"""Plain bytes in a frame; all but the last are full."""
TAG = 16
LAST, MORE = b"last", b"more"


def sealed(key: bytes, chunks: Iterable[bytes]) -> Iterator[bytes]:
    """The frames. Chunks may be of any size; an empty file is one empty frame."""
    cipher, number, waiting = AESGCM(key), 0, bytearray()
    for chunk in chunks:
        waiting += chunk
        while len(waiting) > FRAME:
            yield cipher.encrypt(_nonce(number), bytes(waiting[:FRAME]), MORE)
            del waiting[:FRAME]
            number += 1
    yield cipher.encrypt(_nonce(number), bytes(waiting), LAST)


def unsealed(key: bytes, source: BinaryIO) -> Iterator[bytes]:
    """Raises Unsealable at the first frame that is not what was sealed; use nothing of the file then."""
    cipher, number = AESGCM(key), 0
    frame = source.read(FRAME + TAG)
    while True:
        following = source.read(FRAME + TAG)
        try:
            yield cipher.decrypt(_nonce(number), frame, MORE if following else LAST)
        except (InvalidTag, ValueError):
            raise Unsealable("the file was changed, cut off or sealed by another key") from None
        if not following:
            return
        frame, number = following, number + 1


def _nonce(number: int) -> bytes:
    return number.to_bytes(12, "big")
