"""OAI-PMH 2.0, the answering side: what is public, for any library that asks. Deleted records are told as long as their
row is kept ("transient")."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID
from xml.etree.ElementTree import Element, SubElement, register_namespace, tostring

from sqlalchemy import ColumnElement, Select, and_, func, or_, select, tuple_
from sqlalchemy.ext.asyncio import AsyncSession

from admin.models import Organisation
from admin.paging import decode_cursor, encode_cursor
from core.clock import now
from resources.interchange import formats
from resources.interchange.formats import DC, LOM, OAI_DC, Record
from resources.models import Resource

OAI = "http://www.openarchives.org/OAI/2.0/"
XSI = "http://www.w3.org/2001/XMLSchema-instance"
STAMP = "%Y-%m-%dT%H:%M:%SZ"
A_PAGE = 100
PHASES = ("primary", "lower", "upper")
FORMATS: dict[str, tuple[Callable[[Record], Element], str, str]] = {
    "oai_dc": (formats.dublin_core, OAI_DC, "http://www.openarchives.org/OAI/2.0/oai_dc.xsd"),
    "lom": (formats.lom, LOM, "http://ltsc.ieee.org/xsd/lomv1.0/lom.xsd"),
}
LISTED = {"metadataPrefix", "from", "until", "set", "resumptionToken"}
ARGUMENTS: dict[str, set[str]] = {
    "Identify": set(),
    "ListMetadataFormats": {"identifier"},
    "ListSets": {"resumptionToken"},
    "GetRecord": {"identifier", "metadataPrefix"},
    "ListIdentifiers": LISTED,
    "ListRecords": LISTED,
}

for prefix, space in (("", OAI), ("dc", DC), ("oai_dc", OAI_DC), ("lom", LOM), ("xsi", XSI)):
    register_namespace(prefix, space)


class Refusal(Exception):
    """An error of the protocol: its code (badVerb, badArgument …) and a sentence."""

    def __init__(self, code: str, words: str) -> None:
        super().__init__(words)
        self.code = code


@dataclass(frozen=True)
class Asked:
    """A list's arguments, and behind which record it goes on."""

    prefix: str
    since: str
    until: str
    set_spec: str
    after: tuple[str, str] | None


async def answer(session: AsyncSession, url: str, given: Mapping[str, str], repeated: bool) -> bytes:
    """The whole XML answer; `repeated`: an argument came twice, which the protocol forbids."""
    root = Element(f"{{{OAI}}}OAI-PMH")
    root.set(f"{{{XSI}}}schemaLocation", f"{OAI} http://www.openarchives.org/OAI/2.0/OAI-PMH.xsd")
    _under(root, "responseDate", _stamp(now()))
    request = _under(root, "request", url)
    try:
        body = await _verb(session, url, given, repeated)
        for name, value in given.items():
            request.set(name, value)
        root.append(body)
    except Refusal as refusal:
        _under(root, "error", str(refusal)).set("code", refusal.code)
    written: bytes = tostring(root, encoding="utf-8", xml_declaration=True)
    return written


async def _verb(session: AsyncSession, url: str, given: Mapping[str, str], repeated: bool) -> Element:
    verb = given.get("verb", "")
    if verb not in ARGUMENTS:
        raise Refusal("badVerb", "verb is one of " + ", ".join(ARGUMENTS))
    rest = {name: value for name, value in given.items() if name != "verb"}
    if repeated or not set(rest) <= ARGUMENTS[verb] or ("resumptionToken" in rest and len(rest) > 1):
        raise Refusal("badArgument", f"{verb} takes {', '.join(sorted(ARGUMENTS[verb])) or 'no arguments'}, each once")
    acts: dict[str, Callable[[AsyncSession, str, Mapping[str, str]], Awaitable[Element]]] = {
        "Identify": _identify,
        "ListMetadataFormats": _formats,
        "ListSets": _sets,
        "GetRecord": _record,
        "ListIdentifiers": _identifiers,
        "ListRecords": _records,
    }
    return await acts[verb](session, url, rest)


async def _identify(session: AsyncSession, url: str, given: Mapping[str, str]) -> Element:
    first = await session.scalar(select(func.min(Resource.changed_at)).where(_offered())) or now()
    told = {
        "repositoryName": "送教 Songjiao",
        "baseURL": url,
        "protocolVersion": "2.0",
        "adminEmail": "library@songjiao.invalid",
        "earliestDatestamp": _stamp(first),
        "deletedRecord": "transient",
        "granularity": "YYYY-MM-DDThh:mm:ssZ",
    }
    root = Element(f"{{{OAI}}}Identify")
    for name, value in told.items():
        _under(root, name, value)
    return root


async def _formats(session: AsyncSession, url: str, given: Mapping[str, str]) -> Element:
    if "identifier" in given:
        await _one(session, url, given["identifier"])
    root = Element(f"{{{OAI}}}ListMetadataFormats")
    for name, (_, space, schema) in FORMATS.items():
        one = _under(root, "metadataFormat")
        for tag, value in (("metadataPrefix", name), ("schema", schema), ("metadataNamespace", space)):
            _under(one, tag, value)
    return root


async def _sets(session: AsyncSession, url: str, given: Mapping[str, str]) -> Element:
    """The phases, and within each the grades."""
    if "resumptionToken" in given:
        raise Refusal("badResumptionToken", "all sets come in one answer")
    root = Element(f"{{{OAI}}}ListSets")
    grades = [(f"{_phase(grade)}:g{grade}", formats.grade_zh(grade)) for grade in range(1, 13)]
    for spec, name in (*((phase, formats.PHASES_ZH[phase]) for phase in PHASES), *grades):
        one = _under(root, "set")
        _under(one, "setSpec", spec)
        _under(one, "setName", name)
    return root


def _phase(grade: int) -> str:
    return PHASES[0] if grade <= 6 else PHASES[1] if grade <= 9 else PHASES[2]


async def _record(session: AsyncSession, url: str, given: Mapping[str, str]) -> Element:
    if set(given) != {"identifier", "metadataPrefix"}:
        raise Refusal("badArgument", "GetRecord takes identifier and metadataPrefix")
    record = await _one(session, url, given["identifier"])
    root = Element(f"{{{OAI}}}GetRecord")
    root.append(_whole(record, _known(given["metadataPrefix"])))
    return root


async def _identifiers(session: AsyncSession, url: str, given: Mapping[str, str]) -> Element:
    return await _list(session, url, given, "ListIdentifiers", lambda record, _: _header(record))


async def _records(session: AsyncSession, url: str, given: Mapping[str, str]) -> Element:
    return await _list(session, url, given, "ListRecords", _whole)


async def _list(
    session: AsyncSession,
    url: str,
    given: Mapping[str, str],
    verb: str,
    shown: Callable[[Record, str], Element],
) -> Element:
    asked = _asked(given)
    keys = tuple_(Resource.changed_at, Resource.id)
    query = _rows().where(*_span(asked)).order_by(Resource.changed_at, Resource.id).limit(A_PAGE + 1)
    if asked.after:
        query = query.where(keys > (datetime.fromisoformat(asked.after[0]), UUID(asked.after[1])))
    rows = (await session.execute(query)).all()
    if not rows:
        raise Refusal("noRecordsMatch", "no public resource fits")
    root = Element(f"{{{OAI}}}{verb}")
    for row, provider in rows[:A_PAGE]:
        root.append(shown(_told(row, provider, url), asked.prefix))
    if len(rows) > A_PAGE or asked.after:
        last = rows[A_PAGE - 1][0] if len(rows) > A_PAGE else None
        _under(root, "resumptionToken", _token(asked, last) if last else "")
    return root


def _asked(given: Mapping[str, str]) -> Asked:
    if "resumptionToken" in given:
        try:
            prefix, since, until, set_spec, at, last = decode_cursor(given["resumptionToken"])
            return Asked(
                _known(prefix), since, until, set_spec, (datetime.fromisoformat(at).isoformat(), str(UUID(last)))
            )
        except (ValueError, Refusal):
            raise Refusal("badResumptionToken", "this token is not one of ours") from None
    if "metadataPrefix" not in given:
        raise Refusal("badArgument", "metadataPrefix is missing")
    return Asked(
        _known(given["metadataPrefix"]), given.get("from", ""), given.get("until", ""), given.get("set", ""), None
    )


def _token(asked: Asked, last: Resource) -> str:
    return encode_cursor(
        [asked.prefix, asked.since, asked.until, asked.set_spec, last.changed_at.isoformat(), str(last.id)]
    )


def _span(asked: Asked) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = []
    if asked.since:
        found.append(func.date_trunc("second", Resource.changed_at) >= _moment(asked.since, end=False))
    if asked.until:
        found.append(func.date_trunc("second", Resource.changed_at) <= _moment(asked.until, end=True))
    if asked.since and asked.until and len(asked.since) != len(asked.until):
        raise Refusal("badArgument", "from and until have the same granularity")
    phase, _, grade = asked.set_spec.partition(":g")
    if asked.set_spec and (phase not in PHASES or (grade and not grade.isdigit())):
        raise Refusal("noRecordsMatch", "there is no such set")
    if phase:
        found.append(Resource.phase == phase)
    if grade:
        found.append(Resource.grade == int(grade[:2]))
    return found


def _moment(text: str, end: bool) -> datetime:
    try:
        if len(text) == 10:
            day = datetime.strptime(text, "%Y-%m-%d").replace(tzinfo=UTC)
            return day.replace(hour=23, minute=59, second=59) if end else day
        return datetime.strptime(text, STAMP).replace(tzinfo=UTC)
    except ValueError:
        raise Refusal("badArgument", "a date is YYYY-MM-DD or YYYY-MM-DDThh:mm:ssZ") from None


def _known(prefix: str) -> str:
    if prefix not in FORMATS:
        raise Refusal("cannotDisseminateFormat", f"the formats are {', '.join(FORMATS)}")
    return prefix


async def _one(session: AsyncSession, url: str, identifier: str) -> Record:
    try:
        resource = UUID(identifier.removeprefix("oai:songjiao:"))
    except ValueError:
        raise Refusal("idDoesNotExist", "no such record") from None
    found = (await session.execute(_rows().where(Resource.id == resource))).first()
    if found is None:
        raise Refusal("idDoesNotExist", "no such record")
    return _told(found[0], found[1], url)


def _rows() -> Select[Resource, str]:
    query = select(Resource, Organisation.name_zh).join(Organisation, Organisation.id == Resource.provider_id)
    return query.where(_offered())


def _offered() -> ColumnElement[bool]:
    """Public, of this house's own, and published or withdrawn after it was."""
    shown = and_(Resource.review == "published", Resource.stage == "playable")
    gone = and_(Resource.review == "withdrawn", Resource.published_at.is_not(None))
    return and_(Resource.scope == "public", Resource.identifier.is_(None), or_(shown, gone))


def _told(row: Resource, provider: str, url: str) -> Record:
    names = ("title", "description", "author", "kind", "medium", "content_type", "phase", "grade", "subject")
    more = ("textbook_version", "volume", "unit", "chapter", "licence", "seconds")
    words: dict[str, Any] = {name: getattr(row, name) for name in (*names, *more)}
    return Record(
        **words,
        identifier=f"oai:songjiao:{row.id}",
        datestamp=row.changed_at.astimezone(UTC),
        set_specs=(row.phase, f"{row.phase}:g{row.grade}"),
        deleted=row.review == "withdrawn",
        provider=provider,
        address=f"{url.partition('/api/')[0]}/library/{row.id}",
    )


def _whole(record: Record, prefix: str) -> Element:
    one = Element(f"{{{OAI}}}record")
    one.append(_header(record))
    if not record.deleted:
        _under(one, "metadata").append(FORMATS[prefix][0](record))
    return one


def _header(record: Record) -> Element:
    header = Element(f"{{{OAI}}}header")
    if record.deleted:
        header.set("status", "deleted")
    _under(header, "identifier", record.identifier)
    _under(header, "datestamp", _stamp(record.datestamp))
    for spec in record.set_specs:
        _under(header, "setSpec", spec)
    return header


def _under(parent: Element, name: str, text: str | None = None) -> Element:
    made = SubElement(parent, f"{{{OAI}}}{name}")
    made.text = text
    return made


def _stamp(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime(STAMP)
