"""Another house's sign-on, over HTTP: OpenID Connect Core 1.0, authorization code flow with PKCE (RFC 7636, S256). The
only file that speaks to it; it keeps nothing.

    address(…)  where the browser is sent       redeem(…)  what the provider says of who came back

    ProviderSilent   it does not answer, or not as OpenID Connect asks
    NotVouched       it answers, and does not vouch for this code
"""

import secrets
from dataclasses import asdict, dataclass
from datetime import datetime
from functools import cached_property
from typing import Any

import httpx
from authlib.oauth2.rfc6749.parameters import prepare_grant_uri
from authlib.oauth2.rfc7636 import create_s256_code_challenge
from authlib.oidc.core import CodeIDToken
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from core.trust import trusted

SCOPE = "openid profile"
ALGORITHMS = ["RS256", "PS256", "ES256", "EdDSA"]
"""Never `none`, and never one of a shared secret."""
SECONDS = 5.0
LEEWAY_SECONDS = 60
STRONG = frozenset({"mfa", "otp", "hwk", "fpt", "face", "sms"})
"""Methods (RFC 8176) by which the provider says that more than a password was asked."""


class ProviderSilent(Exception):
    pass


class NotVouched(Exception):
    pass


@dataclass(frozen=True)
class Journey:
    """What is remembered between sending the browser away and its return. `nonce` ties the token to this sign-in,
    `verifier` the code to this house."""

    state: str
    nonce: str
    verifier: str

    @classmethod
    def new(cls) -> "Journey":
        return cls(secrets.token_urlsafe(24), secrets.token_urlsafe(24), secrets.token_urlsafe(48))

    def plain(self) -> dict[str, str]:
        return asdict(self)


@dataclass(frozen=True)
class Vouched:
    issuer: str
    subject: str
    strong: bool
    """Two factors were asked over there."""


@dataclass(frozen=True)
class Provider:
    issuer: str
    client_id: str
    client_secret: str
    back: str
    """The page of ours to which the browser returns, as registered there."""

    async def address(self, journey: Journey) -> str:
        """Raises ProviderSilent."""
        offered = await self._discovered()
        wanted = {"nonce": journey.nonce, "code_challenge_method": "S256"}
        challenge = create_s256_code_challenge(journey.verifier)
        address: str = prepare_grant_uri(
            offered["authorization_endpoint"],
            self.client_id,
            "code",
            redirect_uri=self.back,
            scope=SCOPE,
            state=journey.state,
            code_challenge=challenge,
            **wanted,
        )
        return address

    async def redeem(self, journey: Journey, code: str, now: datetime) -> Vouched:
        """Raises ProviderSilent, NotVouched."""
        offered = await self._discovered()
        form = {"grant_type": "authorization_code", "code": code, "redirect_uri": self.back}
        answer = await self._ask("POST", offered["token_endpoint"], form | {"code_verifier": journey.verifier})
        keys = await self._ask("GET", offered["jwks_uri"])
        try:
            claims = _claims(answer, keys, self._expected(journey, answer))
            claims.validate(now=int(now.timestamp()), leeway=LEEWAY_SECONDS)
        except (JoseError, ValueError, KeyError, TypeError) as error:
            raise NotVouched(str(error)) from None
        methods = claims.get("amr") or []
        return Vouched(self.issuer, str(claims["sub"]), bool(STRONG & set(methods)))

    def _expected(self, journey: Journey, answer: dict[str, Any]) -> dict[str, Any]:
        return {"nonce": journey.nonce, "client_id": self.client_id, "access_token": answer.get("access_token")} | {
            "options": {"iss": {"essential": True, "value": self.issuer}, "aud": {"value": self.client_id}}
        }

    async def _discovered(self) -> dict[str, Any]:
        """OpenID Connect Discovery 1.0, section 4; the issuer named there must be the one that was asked."""
        found = await self._ask("GET", self.issuer.rstrip("/") + "/.well-known/openid-configuration")
        if str(found.get("issuer", "")).rstrip("/") != self.issuer.rstrip("/"):
            raise ProviderSilent("the provider calls itself something else")
        if not {"authorization_endpoint", "token_endpoint", "jwks_uri"} <= found.keys():
            raise ProviderSilent("the provider does not name its endpoints")
        return found

    async def _ask(self, method: str, address: str, form: dict[str, str] | None = None) -> dict[str, Any]:
        try:
            async with httpx.AsyncClient(timeout=SECONDS, verify=trusted()) as client:
                answer = await client.request(method, address, data=form, auth=self._auth if form else None)
                said = answer.json()
        except (httpx.HTTPError, ValueError) as error:
            raise ProviderSilent(str(error)) from None
        if form and answer.status_code in (400, 401):
            raise NotVouched(str(said.get("error", "refused")) if isinstance(said, dict) else "refused")
        if answer.status_code != 200 or not isinstance(said, dict):
            raise ProviderSilent(f"{method} {address}: {answer.status_code}")
        return said

    @cached_property
    def _auth(self) -> httpx.BasicAuth:
        return httpx.BasicAuth(self.client_id, self.client_secret)


def _claims(answer: dict[str, Any], keys: dict[str, Any], expected: dict[str, Any]) -> CodeIDToken:
    """Raises JoseError, ValueError, KeyError."""
    key_set = KeySet.import_key_set(keys)  # type: ignore[arg-type]  # whatever it is, it says what is wrong with it
    token = jwt.decode(answer["id_token"], key_set, algorithms=ALGORITHMS)
    options = expected.pop("options")
    return CodeIDToken(token.claims, token.header, options, expected)
