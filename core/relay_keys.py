"""Relay keys: by one a relay that has no Valkey of its own is known to the relay above it. Signed as tickets are."""

from dataclasses import asdict, dataclass, fields

from core.errors import NotSignedIn
from core.tickets import TicketSigner, TicketVerifier


@dataclass(frozen=True)
class RelayKey:
    """`relay` is the name, `place` the organisation's id; `key_until` seconds since 1970. A ticket has other claims, so
    neither passes for the other."""

    relay: str
    tier: str
    place: str | None
    key_until: float


def sign(signer: TicketSigner, key: RelayKey) -> str:
    return signer.sign_claims(asdict(key))


def verify(verifier: TicketVerifier, text: str, now: float) -> RelayKey:
    """Raises NotSignedIn."""
    try:
        claims = verifier.claims(text)
        key = RelayKey(**{one.name: claims[one.name] for one in fields(RelayKey)})
        good = now < key.key_until
    except (ValueError, TypeError, KeyError):
        good = False
    if not good:
        zh, en = "中继密钥无效或已过期，请重新申请。", "The relay key is not valid or has expired; ask for a new one."
        raise NotSignedIn("relay-key-invalid", zh=zh, en=en)
    return key
