"""OAI-PMH 2.0, the asking side: records of the national and provincial platforms, as links among our own resources. A
record says its grade in words; one that does not belongs nowhere in the contents tree, and is counted, not taken."""

import re
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID
from xml.etree.ElementTree import Element

import httpx
import structlog
from defusedxml import DefusedXmlException
from defusedxml.ElementTree import ParseError, fromstring
from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from admin.models import Organisation
from core.clock import now
from core.connections import Connections
from core.ids import new_id
from core.jobs import task
from core.trust import trusted
from resources import reach, searching
from resources.interchange.formats import DC, GRADES_ZH, KINDS_ZH
from resources.interchange.oai import OAI, STAMP
from resources.kinds import phase_of
from resources.models import Resource
from resources.reader_models import Source

log = structlog.get_logger()
MOST_PAGES = 10_000
MOST_BYTES = 20 * 1024**2
GRADE = re.compile(r"([一二三四五六七八九])年级|高([一二三])")
DESCRIBED = ("title", "subject", "description", "author", "textbook_version", "unit", "words", "grams")
NEWER = (*DESCRIBED, "kind", "grade", "phase", "address", "review", "reach", "changed_at")
"""What a record that comes again brings anew; its views and its place stay."""
KINDS = {zh: kind for kind, zh in KINDS_ZH.items()}


class BadAnswer(Exception):
    """The other library answers, but not with OAI-PMH, or with an error of it."""


@dataclass(frozen=True)
class Harvested:
    """`grade` is None where the record names none; `deleted` records have only their identifier."""

    identifier: str
    deleted: bool
    title: str = ""
    author: str = ""
    subject: str = ""
    description: str = ""
    coverage: str = ""
    address: str = ""
    kind: str = "material"
    grade: int | None = None


@task
async def harvest(session: AsyncSession, ground: Connections) -> None:
    """Every source, each in transactions of its own: one that is down keeps nobody waiting but itself."""
    for source in (await session.scalars(select(Source.id))).all():
        await harvest_one(ground, source)


async def harvest_one(ground: Connections, source_id: UUID) -> None:
    async with ground.transaction() as session:
        source = await session.get_one(Source, source_id)
    began, taken, left = now(), 0, 0
    trouble: str | None = None
    try:
        async with httpx.AsyncClient(timeout=60, follow_redirects=True, verify=trusted()) as client:
            async for records in pages(client, source.address, source.set_spec, source.harvested_until):
                good = [one for one in records if one.deleted or (one.grade and one.address and one.title)]
                left += len(records) - len(good)
                taken += len(good)
                await take(ground, source, good)
    except (BadAnswer, httpx.HTTPError) as error:
        trouble = str(error)[:300] or type(error).__name__
        log.warning("harvest_failed", source=source.name, error=trouble)
    async with ground.transaction() as session:
        row = await session.get_one(Source, source_id)
        row.records += taken
        row.trouble = trouble or (f"{left} 条没有写明年级或地址，没有收" if left else None)
        row.harvested_until = row.harvested_until if trouble else began


async def pages(
    client: httpx.AsyncClient, address: str, set_spec: str | None, since: datetime | None
) -> AsyncIterator[list[Harvested]]:
    """Page after page by resumption tokens. Raises BadAnswer and httpx.HTTPError."""
    asked = {"verb": "ListRecords", "metadataPrefix": "oai_dc"}
    asked |= {"set": set_spec} if set_spec else {}
    asked |= {"from": since.astimezone(UTC).strftime(STAMP)} if since else {}
    for _ in range(MOST_PAGES):
        answer = await client.get(address, params=asked)
        answer.raise_for_status()
        records, token = read(answer.content)
        yield records
        if not token:
            return
        asked = {"verb": "ListRecords", "resumptionToken": token}


def read(document: bytes) -> tuple[list[Harvested], str]:
    """Records and the token of the next page, "" on the last. Raises BadAnswer."""
    if len(document) > MOST_BYTES:
        raise BadAnswer("the answer is too long")
    try:
        root = fromstring(document)
    except (ParseError, DefusedXmlException, ValueError) as error:
        raise BadAnswer(f"not XML: {error}") from None
    refusal = root.find(f"{{{OAI}}}error")
    if refusal is not None and refusal.get("code") != "noRecordsMatch":
        raise BadAnswer(f"{refusal.get('code')}: {refusal.text}")
    token = root.findtext(f".//{{{OAI}}}resumptionToken") or ""
    return [_record(one) for one in root.iter(f"{{{OAI}}}record")], token.strip()


def _record(one: Element) -> Harvested:
    header = one.find(f"{{{OAI}}}header")
    identifier = (one.findtext(f".//{{{OAI}}}identifier") or "").strip()[:300]
    if header is not None and header.get("status") == "deleted":
        return Harvested(identifier, True)
    words: dict[str, list[str]] = {}
    for element in one.iter():
        if element.tag.startswith(f"{{{DC}}}") and element.text and element.text.strip():
            words.setdefault(element.tag.rpartition("}")[2], []).append(element.text.strip().replace("\x00", ""))
    said = " ".join([*words.get("coverage", []), *words.get("subject", []), *words.get("title", [])])
    return Harvested(
        identifier,
        False,
        title=_first(words, "title", 120),
        author=_first(words, "creator", 80),
        subject=_first(words, "subject", 120) or "综合",
        description=_first(words, "description", 1000),
        coverage=_first(words, "coverage", 120),
        address=next((one for one in words.get("identifier", []) if one.startswith(("http://", "https://"))), "")[:600],
        kind=next((KINDS[one] for one in words.get("type", []) if one in KINDS), "material"),
        grade=grade_in(said),
    )


def _first(words: dict[str, list[str]], name: str, longest: int) -> str:
    return words.get(name, [""])[0][:longest]


def grade_in(text: str) -> int | None:
    """三年级 is 3, 高一 is 10."""
    found = GRADE.search(text)
    if found is None:
        return None
    return GRADES_ZH.index(found[1]) + 1 if found[1] else 10 + "一二三".index(found[2])


async def take(ground: Connections, source: Source, records: list[Harvested]) -> None:
    async with ground.transaction() as session:
        provider = await session.get_one(Organisation, source.provider_id)
        path = await reach.reach(session, provider, "prefecture", "published")
        for one in records:
            row = _row(one, provider, path)
            newer = _gone() if one.deleted else {name: row[name] for name in NEWER}
            query = insert(Resource).values(row | newer)
            await session.execute(query.on_conflict_do_update(index_elements=["identifier"], set_=newer))


def _gone() -> dict[str, Any]:
    return {"review": "withdrawn", "reach": reach.NOBODY, "changed_at": now()}


def _row(one: Harvested, provider: Organisation, path: str) -> dict[str, Any]:
    """Of a deleted record as well, should it be the first that is heard of it."""
    grade = one.grade or 1
    row = Resource(title=one.title, subject=one.subject, description=one.description, author=one.author, chapter="")
    row.textbook_version, row.unit = "", one.coverage or one.subject
    searching.index(row, provider.name_zh)
    fixed = {"id": new_id(), "kind": one.kind, "phase": phase_of(grade), "grade": grade, "volume": "全"}
    fixed |= {"licence": "reserved", "provider_id": provider.id, "provider_path": provider.path}
    fixed |= {"region_code": provider.region_code, "scope": "prefecture", "reach": path, "review": "published"}
    fixed |= {"edition": 1, "identifier": one.identifier, "address": one.address, "stage": "playable", "progress": 100}
    fixed |= {"medium": "link", "filename": "", "content_type": "text/html", "bytes": 0, "scanned": False}
    fixed |= {"chapters": [], "created_at": now(), "changed_at": now(), "published_at": now(), "views": 0}
    fixed |= {"completions": 0, "version": 1, "chapter": ""}
    return fixed | {name: getattr(row, name) for name in DESCRIBED}
