"""Signing in through another house (the province's identity). An identity opens an account only after its owner, signed
in here, has linked the two: a foreign name that happens to be the same proves nothing."""

import json
import secrets
from collections.abc import Awaitable
from typing import TypeVar
from uuid import UUID

from redis.asyncio import Redis
from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncSession
from starlette.requests import Request

from admin import sessions
from admin.models import Person
from admin.schemas import SessionOut
from admin.sign_on.models import Identity
from admin.sign_on.provider import Journey, NotVouched, Provider, ProviderSilent, Vouched
from admin.sign_on.proving import Proven, standing_without_code
from admin.sign_on.schemas import IdentityAnswer, IdentityOffer, IdentityRequest, LinkedIdentity
from admin.who import Actor, digest
from core import audit
from core.clock import now
from core.errors import Conflict, NotFound, NotValid, Unavailable
from core.settings import IdentitySettings, WebSettings, load

T = TypeVar("T")

WAITS_SECONDS = 600
"""For so long somebody may be typing at the provider's."""
PAGE = "/signin/identity"


def offer() -> IdentityOffer:
    settings = load(IdentitySettings)
    return IdentityOffer(offered=settings.oidc_issuer is not None, issuer=settings.oidc_issuer)


async def begin(valkey: Redis) -> IdentityRequest:
    """Where the browser goes. The binding stays with the page: whoever is lured into finishing another's sign-in has
    none (RFC 9700, section 2.1)."""
    journey, binding = Journey.new(), secrets.token_urlsafe(24)
    address = await _asked(_provider().address(journey))
    kept = json.dumps(journey.plain() | {"binding": digest(binding).hex()})
    await valkey.set(_key(journey.state), kept, ex=WAITS_SECONDS)
    return IdentityRequest(address=address, state=journey.state, binding=binding)


async def sign_in(session: AsyncSession, valkey: Redis, body: IdentityAnswer, request: Request) -> SessionOut:
    """Raises NotValid for an answer that is none, NotFound for an identity that nobody has linked."""
    vouched = await _vouched(valkey, body)
    query = select(Identity.person_id).join(Person, Person.id == Identity.person_id)
    query = query.where(Identity.issuer == vouched.issuer, Identity.subject == vouched.subject)
    person = await session.scalar(query.where(Person.disabled_at.is_(None)))
    if person is None:
        zh = "这个身份还没有和这里的账号关联。请先用密码登录，在“我的账号”里关联。"
        en = "This identity is not linked to an account here. Sign in by password first and link it under My account."
        raise NotFound("identity-unknown", zh=zh, en=en)
    standing = "full" if vouched.strong else await standing_without_code(session, person)
    return await sessions.open_session(session, Proven(person, standing), request)


async def link(session: AsyncSession, valkey: Redis, who: Actor, body: IdentityAnswer, request: Request) -> None:
    vouched = await _vouched(valkey, body)
    held = await session.get(Identity, (vouched.issuer, vouched.subject))
    if held and held.person_id != who.id:
        zh, en = "这个身份已经关联了另一个账号。", "This identity is linked to another account."
        raise Conflict("identity-taken", zh=zh, en=en)
    row = Identity(issuer=vouched.issuer, subject=vouched.subject, person_id=who.id, linked_at=now())
    await session.merge(row)
    await _record(session, who, "identity.link", vouched.issuer, request)


async def linked(session: AsyncSession, person: UUID) -> list[LinkedIdentity]:
    rows = await session.scalars(select(Identity).where(Identity.person_id == person).order_by(Identity.linked_at))
    return [LinkedIdentity(issuer=row.issuer, linked_at=row.linked_at) for row in rows]


async def unlink(session: AsyncSession, who: Actor, request: Request) -> None:
    await session.execute(delete(Identity).where(Identity.person_id == who.id))
    await _record(session, who, "identity.unlink", "all", request)


async def _vouched(valkey: Redis, body: IdentityAnswer) -> Vouched:
    """A state is good once, and only for the page that holds its binding."""
    kept = await valkey.getdel(_key(body.state))
    waiting = json.loads(kept) if kept else {}
    if not waiting or waiting.pop("binding") != digest(body.binding).hex():
        zh, en = "这次登录已过期，请从登录页重新开始。", "This sign-in has expired; begin again at the sign-in page."
        raise NotValid("identity-expired", zh=zh, en=en)
    return await _asked(_provider().redeem(Journey(**waiting), body.code, now()))


async def _asked(question: Awaitable[T]) -> T:
    try:
        return await question
    except ProviderSilent:
        zh, en = "统一身份暂时没有应答，请用密码登录。", "The identity provider does not answer; sign in by password."
        raise Unavailable("identity-silent", zh=zh, en=en) from None
    except NotVouched:
        zh, en = "统一身份没有确认这次登录，请重新开始。", "The identity provider did not confirm this; begin again."
        raise NotValid("identity-refused", zh=zh, en=en) from None


def _provider() -> Provider:
    settings = load(IdentitySettings)
    if not (settings.oidc_issuer and settings.oidc_client_id):
        zh, en = "这里没有接统一身份，请用密码登录。", "No identity provider is connected here; sign in by password."
        raise NotFound("identity-off", zh=zh, en=en)
    back = load(WebSettings).url + PAGE
    return Provider(settings.oidc_issuer, settings.oidc_client_id, settings.oidc_client_secret or "", back)


async def _record(session: AsyncSession, who: Actor, action: str, issuer: str, request: Request) -> None:
    await audit.record(session, who.id, action, f"person:{who.id}", after={"issuer": issuer}, request=request)


def _key(state: str) -> str:
    return f"identity:{digest(state).hex()}"
