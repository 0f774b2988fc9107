"""Service keys: by one a process of the house that has no database (the recorder) signs in over the API. Signed as
tickets are, with other claims than theirs, so that neither passes for the other."""

from dataclasses import asdict, dataclass, fields
from typing import Literal

from core.errors import NotSignedIn
from core.tickets import TicketSigner, TicketVerifier

Service = Literal["recorder"]


@dataclass(frozen=True)
class ServiceKey:
    """`service_until` is in seconds since 1970."""

    service: Service
    service_until: float


def sign(signer: TicketSigner, key: ServiceKey) -> str:
    return signer.sign_claims(asdict(key))


def verify(verifier: TicketVerifier, text: str, now: float) -> ServiceKey:
    """Raises NotSignedIn."""
    try:
        claims = verifier.claims(text)
        key = ServiceKey(**{one.name: claims[one.name] for one in fields(ServiceKey)})
        good = key.service == "recorder" and now < key.service_until
    except (ValueError, TypeError, KeyError):
        good = False
    if not good:
        zh, en = "服务密钥无效或已过期，请重新发一把。", "The service key is not valid or has expired; make a new one."
        raise NotSignedIn("service-key-invalid", zh=zh, en=en)
    return key
