"""Sealing: AES-256-GCM under a key per person, each key wrapped by the house's master key. Pure; no database, no clock.

Whoever destroys a person's wrapped key makes all that was sealed with it unreadable, in every copy. A sealed value is a
form byte, a nonce of 12 bytes and the ciphertext with its tag (NIST SP 800-38D); what it is for is authenticated with
it, so that a value moved to another person or another column does not open.

    Unsealable    the bytes are not what this key sealed for this purpose
"""

import base64
import hmac
import json
import os
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

KEY_BYTES = 32
NONCE_BYTES = 12
FORM = b"\x01"


class Unsealable(ValueError):
    """Not sealed by this key for this purpose, or changed since."""


@dataclass(frozen=True)
class Sealer:
    """Holds the master key. `wrapping` and `blinding` are derived from it and never leave the process."""

    wrapping: bytes
    blinding: bytes

    @classmethod
    def of(cls, secret: str) -> "Sealer":
        """`secret` is SONGJIAO_SEALING_KEY, or the house's secret where there is none."""
        return cls(_derive(secret, b"songjiao sealing: person keys"), _derive(secret, b"songjiao sealing: blind index"))

    def new_key(self, person: UUID) -> tuple[bytes, bytes]:
        """A person's key, and the same wrapped, which is all that is written down."""
        key = os.urandom(KEY_BYTES)
        return key, seal(self.wrapping, key, f"key of {person}")

    def unwrap(self, person: UUID, wrapped: bytes) -> bytes:
        """Raises Unsealable."""
        return unseal(self.wrapping, wrapped, f"key of {person}")

    def blind(self, purpose: str, text: str) -> bytes:
        """16 bytes by which equal texts are found without being readable: HMAC-SHA256 under a key of the house, so a
        thief of the database cannot try all numbers."""
        return hmac.digest(self.blinding, f"{purpose}\0{text}".encode(), "sha256")[:16]


def seal(key: bytes, plain: bytes, purpose: str) -> bytes:
    nonce = os.urandom(NONCE_BYTES)
    return FORM + nonce + AESGCM(key).encrypt(nonce, plain, purpose.encode())


def unseal(key: bytes, sealed: bytes, purpose: str) -> bytes:
    """Raises Unsealable."""
    form, nonce, body = sealed[:1], sealed[1 : 1 + NONCE_BYTES], sealed[1 + NONCE_BYTES :]
    if form != FORM:
        raise Unsealable("not a form that this version knows")
    try:
        return AESGCM(key).decrypt(nonce, body, purpose.encode())
    except (InvalidTag, ValueError):
        raise Unsealable("not sealed by this key for this purpose") from None


def seal_json(key: bytes, value: Any, purpose: str) -> str:
    """For columns of JSON: base64url."""
    plain = json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()
    return base64.urlsafe_b64encode(seal(key, plain, purpose)).decode()


def unseal_json(key: bytes, sealed: str, purpose: str) -> Any:
    """Raises Unsealable."""
    try:
        raw = base64.urlsafe_b64decode(sealed)
    except ValueError:
        raise Unsealable("not base64") from None
    return json.loads(unseal(key, raw, purpose))


def _derive(secret: str, purpose: bytes) -> bytes:
    return HKDF(SHA256(), KEY_BYTES, salt=None, info=purpose).derive(secret.encode())
