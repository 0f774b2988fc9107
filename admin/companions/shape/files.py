"""Files of a row: the bytes go to the store, the name and the SHA-256 into the table."""

import asyncio
import hashlib
import io
from datetime import datetime
from typing import Any
from uuid import UUID

from fastapi import UploadFile
from pydantic import BaseModel
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from starlette.requests import Request

from admin.companions.shape.models import KeptFile
from admin.who import Actor
from core import audit
from core.clock import now
from core.errors import BadInput, NotFound, TooLarge, Unsupported
from core.ids import new_id
from core.pictures import BrokenPicture, without_traces
from core.store import Store

MOST_BYTES = 20_000_000
KINDS = {b"%PDF-": "application/pdf", b"\x89PNG\r\n": "image/png", b"\xff\xd8\xff": "image/jpeg"}
"""By the file's first bytes; what a client says of it is not believed."""


class EvidenceOut(BaseModel):
    id: UUID
    name: str
    kind: str
    size: int
    sha256: str
    at: datetime


async def keep(
    session: AsyncSession, store: Store, noun: str, row: Any, who: Actor, upload: UploadFile, request: Request
) -> EvidenceOut:
    data = await upload.read(MOST_BYTES + 1)
    if len(data) > MOST_BYTES:
        raise TooLarge("file-too-large", zh="文件超过 20 MB。", en="The file is over 20 MB.")
    kind = _kind(data)
    data = await asyncio.to_thread(_bare, data) if kind.startswith("image/") else data
    file = KeptFile(id=new_id(), row_id=row.id, name=_name(upload.filename), kind=kind, size=len(data))
    file.sha256, file.by, file.at = hashlib.sha256(data).digest(), who.id, now()
    await store.put(file.name_in_store, io.BytesIO(data), len(data), file.kind)
    session.add(file)
    after = {"name": file.name, "sha256": file.sha256.hex()}
    await audit.record(session, who.id, f"{noun}.attach", f"{noun}:{row.id}", after=after, request=request)
    return told(file)


async def of(session: AsyncSession, row_id: UUID) -> list[EvidenceOut]:
    query = select(KeptFile).where(KeptFile.row_id == row_id).order_by(KeptFile.at, KeptFile.id)
    return [told(file) for file in await session.scalars(query)]


async def opened(session: AsyncSession, store: Store, row_id: UUID, file_id: UUID) -> tuple[KeptFile, bytes]:
    file = await session.get(KeptFile, file_id)
    if file is None or file.row_id != row_id:
        raise NotFound("file-unknown", zh="没有这个文件。", en="There is no such file.")
    return file, await store.get(file.name_in_store)


def told(file: KeptFile) -> EvidenceOut:
    plain = {"id": file.id, "name": file.name, "kind": file.kind, "size": file.size, "at": file.at}
    return EvidenceOut.model_validate({**plain, "sha256": file.sha256.hex()})


def _kind(data: bytes) -> str:
    for first, kind in KINDS.items():
        if data.startswith(first):
            return kind
    raise Unsupported("file-kind", zh="只收 PDF、PNG 和 JPEG。", en="Only PDF, PNG and JPEG are taken.")


def _bare(picture: bytes) -> bytes:
    try:
        return without_traces(picture)
    except BrokenPicture:
        zh = "这张图片已损坏，读不出来，没有收下。请重新拍摄或另存一份。"
        en = "This picture is damaged and cannot be read, so it was not taken. Take it again or save it anew."
        raise BadInput("picture-broken", zh=zh, en=en) from None


def _name(given: str | None) -> str:
    """Without folders and control characters, and short enough."""
    bare = (given or "").replace("\\", "/").rpartition("/")[2]
    return "".join(letter for letter in bare if letter.isprintable())[:200] or "file"
