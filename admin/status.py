"""How the house stands: its parts, the last backup, the audit chain, and how long what is kept."""

import json
from datetime import datetime
from typing import Annotated

from fastapi import APIRouter
from pydantic import BaseModel
from sqlalchemy import select, text
from sqlalchemy.ext.asyncio import AsyncSession

from admin.answers import PROBLEMS
from admin.auditing.models import AuditCheck
from admin.keeping_times import KEEPING
from admin.running import LATE, NOTE
from admin.who import Actor, require
from core import health
from core.clock import now
from core.connections import Ground
from core.database import HouseNote, Session
from core.settings import RelaysSettings, load
from core.version import VERSION

router = APIRouter(prefix="/api", tags=["system"], responses=PROBLEMS)


class BackupState(BaseModel):
    at: datetime | None
    objects: int
    bytes: int
    late: bool
    """None yet, or older than a day and a half."""


class ChainState(BaseModel):
    checked_at: datetime | None
    entries: int
    whole: bool


class KeptFor(BaseModel):
    zh: str
    en: str
    days: int


class StatusOut(BaseModel):
    version: str
    schema_version: str
    database_bytes: int
    parts: dict[str, str]
    backup: BackupState
    chain: ChainState
    kept: list[KeptFor]


@router.get("/status")
async def status(session: Session, ground: Ground, who: Annotated[Actor, require("status.read")]) -> StatusOut:
    size = await session.scalar(text("SELECT pg_database_size(current_database())"))
    schema = await session.scalar(text("SELECT version_num FROM alembic_version"))
    return StatusOut(
        version=VERSION,
        schema_version=str(schema),
        database_bytes=size or 0,
        parts=await health.ask(ground, list(load(RelaysSettings).relays)),
        backup=await _backup(session, now()),
        chain=await _chain(session),
        kept=[KeptFor(zh=one.zh, en=one.en, days=one.days) for one in KEEPING],
    )


async def _backup(session: AsyncSession, moment: datetime) -> BackupState:
    note = await session.get(HouseNote, NOTE)
    if note is None:
        return BackupState(at=None, objects=0, bytes=0, late=True)
    told = json.loads(note.value)
    at = datetime.fromisoformat(told["at"])
    return BackupState(at=at, objects=told["objects"], bytes=told["bytes"], late=moment - at > LATE)


async def _chain(session: AsyncSession) -> ChainState:
    last = (await session.scalars(select(AuditCheck).order_by(AuditCheck.at.desc()).limit(1))).first()
    if last is None:
        return ChainState(checked_at=None, entries=0, whole=True)
    return ChainState(checked_at=last.at, entries=last.entries, whole=last.broken_at is None)
