"""Short-lived credentials for coturn's `use-auth-secret` (draft-uberti-behave-turn-rest-00)."""

import base64
import hashlib
import hmac
from typing import Any

from core.settings import TurnSettings


def ice_servers(settings: TurnSettings, person: str, expires_at: float) -> list[dict[str, Any]]:
    """As RTCPeerConnection takes them; empty without a TURN server, for the relay needs no STUN."""
    if not (settings.turn_urls and settings.turn_secret):
        return []
    username = f"{int(expires_at)}:{person}"
    digest = hmac.digest(settings.turn_secret.encode(), username.encode(), hashlib.sha1)
    return [{"urls": settings.turn_urls, "username": username, "credential": base64.b64encode(digest).decode()}]
