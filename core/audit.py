"""The audit log: who did what, when, from where, on what, with which result; append-only and hash-chained.

An entry's digest is SHA-256 over the previous digest and the entry's own content, so a changed, removed or inserted row
breaks the chain from there on. A trigger forbids UPDATE, DELETE and TRUNCATE. Entries are written at the commit, in one
go, because the lock on the chain's head is then held for a moment only.

What an entry says of a person is sealed with that person's key (`about`). The digest covers the sealed form: when the
key is destroyed, the words are gone and the chain still verifies.
"""

import hashlib
import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import JSON, BigInteger, DateTime, Identity, LargeBinary, event, select, text
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, Session, mapped_column
from starlette.requests import HTTPConnection

from core import person_keys
from core.clock import now
from core.database import Base, json_ready
from core.sealing import Unsealable

# Any number, the same everywhere: the advisory lock of the chain's head.
CHAIN = 7_310_011
FIRST = b"\0" * 32
SEALED_FOR = "audit"
_PENDING = "audit"


class AuditEntry(Base):
    __tablename__ = "audit_entries"

    number: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    at: Mapped[datetime] = mapped_column(DateTime(timezone=True), index=True)
    actor: Mapped[UUID | None] = mapped_column(index=True)
    action: Mapped[str]
    object: Mapped[str] = mapped_column(index=True)
    result: Mapped[str]
    before: Mapped[Any | None] = mapped_column(JSON(none_as_null=True))
    after: Mapped[Any | None] = mapped_column(JSON(none_as_null=True))
    address: Mapped[str | None]
    request: Mapped[str | None]
    digest: Mapped[bytes] = mapped_column(LargeBinary)

    def content(self) -> bytes:
        """What the digest covers, in one fixed form."""
        when = self.at.timestamp()
        parts = [when, self.actor, self.action, self.object, self.result, self.before, self.after]
        body = json_ready([*parts, self.address, self.request])
        return json.dumps(body, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()

    def digest_after(self, previous: bytes) -> bytes:
        return hashlib.sha256(previous + self.content()).digest()


async def record(
    session: AsyncSession,
    actor: UUID | None,
    action: str,
    object: str,
    result: str = "done",
    before: dict[str, Any] | None = None,
    after: dict[str, Any] | None = None,
    request: HTTPConnection | None = None,
    about: UUID | None = None,
) -> None:
    """`action` is a verb with its noun ("lesson.create"), `object` names the row ("lesson:…"). `about` names the person
    whom `before` and `after` tell of: they are then sealed. Written with the commit; a rollback forgets it, so record a
    refusal in a transaction of its own."""
    if about:
        before, after = [await _sealed(session, about, value) for value in (before, after)]
    entry = AuditEntry(
        at=now(),
        actor=actor,
        action=action,
        object=object,
        result=result,
        before=json_ready(before),
        after=json_ready(after),
        address=request.client.host if request and request.client else None,
        request=request.scope.get("request_id") if request else None,
    )
    session.info.setdefault(_PENDING, []).append(entry)


async def opened(session: AsyncSession, value: Any) -> Any:
    """What `before` or `after` says, unsealed where it was sealed; None when its person was erased. Looking is an act:
    the caller writes it down."""
    if not is_sealed(value):
        return value
    try:
        return value["sealed"] and await person_keys.open_value(
            session, UUID(value["about"]), SEALED_FOR, value["sealed"]
        )
    except Unsealable:
        return None


def is_sealed(value: Any) -> bool:
    return isinstance(value, dict) and value.keys() == {"about", "sealed"}


@dataclass(frozen=True)
class Chain:
    """What a walk along the chain found: `broken` is the first entry that does not fit, None when all do."""

    entries: int
    head: int | None
    digest: bytes
    broken: int | None


async def walk(session: AsyncSession) -> Chain:
    previous, head, entries = FIRST, None, 0
    in_order = select(AuditEntry).order_by(AuditEntry.number).execution_options(yield_per=1000)
    async for entry in await session.stream_scalars(in_order):
        if entry.digest != entry.digest_after(previous):
            return Chain(entries, head, previous, entry.number)
        previous, head, entries = entry.digest, entry.number, entries + 1
        session.expunge(entry)
    return Chain(entries, head, previous, None)


async def verify(session: AsyncSession) -> int | None:
    """The number of the first entry that does not fit the chain, or None when all do."""
    return (await walk(session)).broken


async def _sealed(session: AsyncSession, about: UUID, value: dict[str, Any] | None) -> dict[str, Any] | None:
    """Of a person who was erased nothing is written down any more."""
    if value is None:
        return None
    try:
        sealed = await person_keys.seal_value(session, about, SEALED_FOR, json_ready(value))
    except person_keys.Erased:
        sealed = None
    return {"about": str(about), "sealed": sealed}


@event.listens_for(Session, "before_commit")
def _append(session: Session) -> None:
    if session.in_nested_transaction() or not (pending := session.info.pop(_PENDING, None)):
        return
    session.execute(text("SELECT pg_advisory_xact_lock(:chain)"), {"chain": CHAIN})
    head = session.scalar(select(AuditEntry.digest).order_by(AuditEntry.number.desc()).limit(1))
    for entry in pending:
        head = entry.digest = entry.digest_after(head or FIRST)
        session.add(entry)
        session.flush()  # one by one: the numbers must follow the chain


@event.listens_for(Session, "after_rollback")
def _forget(session: Session) -> None:
    if not session.in_nested_transaction():
        session.info.pop(_PENDING, None)
