"""Codes of the second factor: TOTP (RFC 6238, six digits, 30 s, SHA-1, as every authenticator app reads it) and codes
for the day when the telephone is lost. Pure: the time is handed in."""

import hashlib
import secrets
from datetime import datetime

import pyotp
import segno

STEP_SECONDS = 30
DRIFT_STEPS = 1
"""A telephone's clock may be half a minute off (RFC 6238, section 5.2)."""
ISSUER = "送教 Songjiao"
RECOVERY_CODES = 10
SIGNS = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"
"""Thirty-two that nobody mistakes for one another on paper."""
RECOVERY_SIGNS = 16


def new_secret() -> str:
    """160 bits in base32 (RFC 4226, section 4, requirement 6)."""
    return pyotp.random_base32()


def step_of(secret: str, code: str, moment: datetime, after: int) -> int | None:
    """The time step that the code is of, None when it is of none near `moment`. Steps up to `after` were used already:
    a code that somebody read over a shoulder is worth nothing (RFC 6238, section 5.2)."""
    here = int(moment.timestamp()) // STEP_SECONDS
    clock = pyotp.TOTP(secret)
    for step in range(max(here - DRIFT_STEPS, after + 1), here + DRIFT_STEPS + 1):
        if secrets.compare_digest(clock.at(step * STEP_SECONDS), code):
            return step
    return None


def address(secret: str, account: str) -> str:
    """`otpauth://…`, which the app takes from the picture."""
    return pyotp.TOTP(secret).provisioning_uri(name=account, issuer_name=ISSUER)


def picture(text: str) -> str:
    """A QR code as the address of an SVG image."""
    drawn: str = segno.make(text, error="m").svg_data_uri(scale=4, border=3, light="#fff")
    return drawn


def new_recovery_codes() -> list[str]:
    """80 random bits each, in four groups of four."""
    return ["-".join(_group() for _ in range(RECOVERY_SIGNS // 4)) for _ in range(RECOVERY_CODES)]


def recovery_digest(typed: str) -> bytes | None:
    """What is stored of a recovery code; None for a text that is none. Spaces, lines and case do not matter."""
    signs = "".join(typed.split()).replace("-", "").upper()
    if len(signs) != RECOVERY_SIGNS or not set(signs) <= set(SIGNS):
        return None
    return hashlib.sha256(signs.encode()).digest()


def is_digits(typed: str) -> bool:
    return len(typed) == 6 and typed.isascii() and typed.isdigit()


def _group() -> str:
    return "".join(secrets.choice(SIGNS) for _ in range(4))
