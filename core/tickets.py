"""Tickets: what a relay or the events' socket must know of a person and a lesson, signed, so that it needs no database.

A ticket is a compact JWS (RFC 7515) with EdDSA over Ed25519 (RFC 8037). The key pair is derived from the house's secret
by HKDF (RFC 5869); verifying takes only the public half.
"""

import base64
import json
from dataclasses import asdict, dataclass, field, fields, replace
from typing import Any, Literal

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from joserfc import jws
from joserfc.errors import JoseError
from joserfc.jwk import OKPKey

from core.errors import NotSignedIn

ALGORITHM = "Ed25519"
PURPOSE = b"songjiao tickets 1"
# Clocks of a village relay and of the control plane may differ by this much, in seconds.
LEEWAY = 30.0

Stage = Literal["live", "rehearsal"]
Part = Literal["teacher", "classroom", "student", "observer", "relay", "recorder", "equipment"]
"""A relay has none of its own: it comes with that of somebody below it, and the relay above then calls it so."""


@dataclass(frozen=True)
class Ticket:
    """`publish` names the slots that this person may send to, her main one first. Times are seconds since 1970.

    `ways` are the addresses of the relays from the nearest up to the root: no other takes the ticket, and each may
    pull the lesson from those after it. `anchor` is the one among them that publishers send to. Without ways there is
    one relay for all.
    """

    person: str
    name: str
    lesson: str
    stage: Stage
    role: Part
    room: str | None
    room_name: str | None
    publish: tuple[str, ...]
    watch: bool
    human: bool
    takeover: bool
    max_sessions: int
    issued_at: float
    expires_at: float
    id: str
    ways: tuple[str, ...] = ()
    anchor: str = ""
    signed: str = field(default="", compare=False, repr=False)
    """As it came; empty for one that was made here."""


class TicketSigner:
    def __init__(self, secret_key: str) -> None:
        seed = HKDF(SHA256(), 32, salt=None, info=PURPOSE).derive(secret_key.encode())
        private = Ed25519PrivateKey.from_private_bytes(seed)
        self._key = OKPKey.import_key(private)
        self._public = private.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)

    @property
    def public_key(self) -> str:
        """32 bytes in base64url, as SONGJIAO_TICKET_PUBLIC_KEY wants it."""
        return base64.urlsafe_b64encode(self._public).decode()

    def sign(self, ticket: Ticket) -> str:
        return self.sign_claims({name: value for name, value in asdict(ticket).items() if name != "signed"})

    def sign_claims(self, claims: dict[str, Any]) -> str:
        payload = json.dumps(claims, ensure_ascii=False, separators=(",", ":"))
        return jws.serialize_compact({"alg": ALGORITHM}, payload.encode(), self._key, algorithms=[ALGORITHM])


class TicketVerifier:
    def __init__(self, public_key: str) -> None:
        """Raises ValueError when the key is not 32 bytes in base64url."""
        raw = base64.urlsafe_b64decode(public_key)
        self._key = OKPKey.import_key(Ed25519PublicKey.from_public_bytes(raw))

    def verify(self, text: str, now: float) -> Ticket:
        """Raises NotSignedIn: `ticket-invalid` (foreign, broken) or `ticket-expired`."""
        try:
            ticket = replace(_ticket(self.claims(text)), signed=text)
        except (ValueError, TypeError, KeyError):
            zh, en = "这张课堂凭证无效，请重新进入课堂。", "This ticket is not valid; enter the lesson again."
            raise NotSignedIn("ticket-invalid", zh=zh, en=en) from None
        if not ticket.issued_at - LEEWAY <= now < ticket.expires_at:
            zh, en = "课堂凭证已过期，请重新进入课堂。", "The ticket has expired; enter the lesson again."
            raise NotSignedIn("ticket-expired", zh=zh, en=en)
        return ticket

    def claims(self, text: str) -> dict[str, Any]:
        """What was signed, whatever it is. Raises ValueError or TypeError."""
        try:
            claims: dict[str, Any] = json.loads(
                jws.deserialize_compact(text, self._key, algorithms=[ALGORITHM]).payload
            )
        except JoseError as error:
            raise ValueError(str(error)) from None
        return claims


def verifier(secret_key: str | None, public_key: str | None) -> TicketVerifier:
    """For a process that has the house's secret or only the public key. Raises ValueError with neither."""
    if public_key:
        return TicketVerifier(public_key)
    if secret_key:
        return TicketVerifier(TicketSigner(secret_key).public_key)
    raise ValueError("neither SONGJIAO_SECRET_KEY nor SONGJIAO_TICKET_PUBLIC_KEY is set")


def _ticket(claims: dict[str, Any]) -> Ticket:
    known = {one.name: claims[one.name] for one in fields(Ticket) if one.name != "signed"}
    return Ticket(**{**known, "publish": tuple(known["publish"]), "ways": tuple(known["ways"])})
