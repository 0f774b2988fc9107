"""Who is asking, and what for. A route says `who: Annotated[Actor, require("rooms.read")]`: without sign-in 401,
without a role that grants the right 403. The places of the right then bound what the route reads or changes."""

import hashlib
from dataclasses import dataclass
from typing import Annotated, Any
from uuid import UUID

from fastapi import Depends
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer
from sqlalchemy import JSON, Select, bindparam, func, literal, select, union_all
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from admin.models import Assignment, Delegation, Device, Organisation, Person, Pupil, SchoolClass, SignIn
from admin.rights import OWN, RIGHTS_OF, Right, Role, Standing
from admin.tree import ancestors, is_inside_any
from core.clock import now
from core.database import Session
from core.errors import NotAllowed, NotSignedIn

bearer = HTTPBearer(auto_error=False, description="the `access_token` of POST /api/sessions")


@dataclass(frozen=True)
class Held:
    role: Role
    path: str
    lent: bool = False
    """By somebody, until a day: it opens everything but cannot be handed on."""


@dataclass(frozen=True)
class Actor:
    id: UUID
    name: str
    roles: tuple[Held, ...]
    room_id: UUID | None
    """Of a paired device or an account bound to a room."""
    class_room_id: UUID | None
    """Where a pupil's class sits."""
    token: bytes
    """SHA-256 of the session's token."""
    standing: Standing = "full"

    def places(self, right: Right) -> tuple[str, ...]:
        """None but for one's own account before the sign-in is whole."""
        if self.standing != "full" and right not in OWN:
            return ()
        return tuple(held.path for held in self.roles if right in RIGHTS_OF[held.role])

    def may(self, right: Right, path: str) -> bool:
        return is_inside_any(path, self.places(right))

    def place_ids(self, right: Right) -> tuple[UUID, ...]:
        return tuple(ancestors(path)[-1] for path in self.places(right))

    def has(self, role: Role) -> bool:
        return any(held.role == role for held in self.roles)

    @property
    def rooms(self) -> frozenset[UUID]:
        return frozenset(room for room in (self.room_id, self.class_room_id) if room)


def digest(secret: str) -> bytes:
    """Secrets of 256 random bits need no slow hash: nobody can guess them."""
    return hashlib.sha256(secret.encode()).digest()


async def signed_in(
    session: Session, credentials: Annotated[HTTPAuthorizationCredentials | None, Depends(bearer)]
) -> Actor:
    if credentials is None:
        zh, en = "请先登录。", "Sign in first."
        raise NotSignedIn("not-signed-in", zh=zh, en=en)
    actor = await actor_of(session, digest(credentials.credentials))
    if actor is None:
        zh, en = "登录已过期，请重新登录。", "The sign-in has ended; sign in again."
        raise NotSignedIn("session-ended", zh=zh, en=en)
    return actor


async def actor_of(session: AsyncSession, token: bytes) -> Actor | None:
    found = (await session.execute(SIGNED_IN, {"digest": token, "moment": now()})).first()
    if found is None or found.disabled_at is not None or found.revoked_at is not None:
        return None
    roles = tuple(Held(role, path, lent) for role, path, lent in found.roles or ())
    return Actor(found.id, found.name, roles, found.room_id, found.class_room_id, token, found.standing)


def lent_roles(moment: Any) -> Select[*tuple[Any, ...]]:
    """Of the person in the enclosing query. A loan holds no longer than its giver holds the role there or above."""
    above, giver = aliased(Organisation), aliased(Assignment)
    holds = select(giver.id).join(above, above.id == giver.organisation_id)
    holds = holds.where(giver.person_id == Delegation.given_by, giver.role == Delegation.role)
    holds = holds.where(func.starts_with(Organisation.path, above.path)).correlate(Delegation, Organisation)
    query = select(Delegation.role, Organisation.path, literal(True).label("lent"))
    query = query.join(Organisation, Organisation.id == Delegation.organisation_id)
    query = query.where(Delegation.person_id == Person.id, Delegation.revoked_at.is_(None), holds.exists())
    return query.where(Delegation.starts_at <= moment, Delegation.ends_at > moment)


def _signed_in() -> Select[*tuple[Any, ...]]:
    """Made once: every request asks it."""
    own = select(Assignment.role, Organisation.path, literal(False).label("lent"))
    own = own.join(Organisation, Organisation.id == Assignment.organisation_id)
    own = own.where(Assignment.person_id == Person.id).correlate(Person)
    held = union_all(own, lent_roles(bindparam("moment")).correlate(Person)).subquery()
    roles = select(func.json_agg(func.json_build_array(held.c.role, held.c.path, held.c.lent), type_=JSON))
    person = (Person.id, Person.name, Person.room_id, Person.disabled_at)
    query = select(*person, SignIn.standing, Device.revoked_at, SchoolClass.room_id.label("class_room_id"))
    query = query.add_columns(roles.scalar_subquery().label("roles"))
    query = query.join(SignIn, SignIn.person_id == Person.id).outerjoin(Device, Device.id == SignIn.device_id)
    query = query.outerjoin(Pupil, Pupil.person_id == Person.id)
    query = query.outerjoin(SchoolClass, SchoolClass.id == Pupil.class_id)
    return query.where(SignIn.token == bindparam("digest"), SignIn.expires_at > bindparam("moment"))


SIGNED_IN = _signed_in()

Who = Annotated[Actor, Depends(signed_in)]


class Requirement:
    """A dependency that lets through who holds the right somewhere; where is for the route to bound."""

    def __init__(self, right: Right) -> None:
        self.right = right

    async def __call__(self, who: Who) -> Actor:
        if who.standing != "full" and self.right not in OWN:
            raise _not_whole(who)
        if not who.places(self.right):
            zh, en = (
                "您的角色没有这项权限，请找本单位管理员。",
                "Your role does not allow this; ask your administrator.",
            )
            raise NotAllowed("not-allowed", zh=zh, en=en, right=self.right)
        return who


def _not_whole(who: Actor) -> NotAllowed:
    if who.standing == "enrol":
        zh, en = "您的岗位要用两步验证，请先设好。", "Your office needs a second factor; set it up first."
    else:
        zh, en = "请先填手机上的 6 位验证码。", "Give the six digits that your telephone shows first."
    return NotAllowed("second-factor-first", zh=zh, en=en, standing=who.standing)


def require(right: Right) -> Any:
    return Depends(Requirement(right))


def not_your_place() -> NotAllowed:
    zh, en = "这不在您管理的范围内，请找上级单位办理。", "This lies outside your place; ask the tier above."
    return NotAllowed("not-your-place", zh=zh, en=en)
