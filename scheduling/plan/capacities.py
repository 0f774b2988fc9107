"""What lines and relays carry, for the bureau to see and to correct."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from starlette.requests import Request

from admin.models import Organisation
from admin.paging import Order, page
from admin.registry import inside
from admin.schemas import NamedPlace, Page
from admin.tree import TEACHING_TIERS
from admin.who import Actor
from core import audit
from core.errors import NotValid
from scheduling.calendar.terms import reach
from scheduling.plan.lines import Lines, lines_of
from scheduling.plan.models import LineCapacity
from scheduling.plan.schemas import CapacityIn, CapacityOut, Source

WAYS = ("uplink_kbit", "downlink_kbit", "relay_kbit")
BY_PATH = Order((Organisation.path, Organisation.id))


async def listed(
    session: AsyncSession, who: Actor, place: UUID, q: str | None, after: str | None, limit: int
) -> Page[CapacityOut]:
    """Counties, whose relays they are, and the schools below them."""
    row = await reach(session, who, "plan.read", place)
    query = select(Organisation).where(inside([row.path]), Organisation.tier.in_(("county", *TEACHING_TIERS)))
    if q:
        query = query.where(Organisation.name_zh.contains(q, autoescape=True))
    rows, total, following = await page(session, query, BY_PATH, after, limit)
    return Page(items=await _told(session, [row[0] for row in rows]), total=total, next=following)


async def declare(session: AsyncSession, who: Actor, place: UUID, body: CapacityIn, request: Request) -> CapacityOut:
    row = await reach(session, who, "plan.change", place)
    wanted = body.model_dump()
    foreign = ("relay_kbit",) if row.tier in TEACHING_TIERS else ("uplink_kbit", "downlink_kbit")
    if row.tier not in ("county", *TEACHING_TIERS) or any(wanted[name] for name in foreign):
        zh, en = "学校填上行和下行，县填中继。", "A school has a line up and down, a county a relay."
        raise NotValid("capacity-not-there", zh=zh, en=en)
    before = await session.get(LineCapacity, place)
    was = {name: getattr(before, name) for name in WAYS} if before else None
    await session.merge(LineCapacity(place_id=place, **wanted))
    await session.flush()
    name = f"organisation:{place}"
    await audit.record(session, who.id, "line-capacity.declare", name, before=was, after=wanted, request=request)
    return (await _told(session, [row]))[0]


async def _told(session: AsyncSession, rows: Sequence[Organisation]) -> list[CapacityOut]:
    lines = await lines_of(session, [row.id for row in rows])
    return [_out(row, lines) for row in rows]


def _out(row: Organisation, lines: Lines) -> CapacityOut:
    county, declared = row.tier == "county", lines.declared.get(row.id)
    return CapacityOut(
        place=NamedPlace(id=row.id, name=row.name_zh, name_en=row.name_en),
        tier=row.tier,
        uplink_kbit=None if county else lines.up(row.id),
        downlink_kbit=None if county else lines.down(row.id),
        relay_kbit=lines.relay(row.id) if county else None,
        source=_source(row, lines),
        declared=CapacityIn(**{name: getattr(declared, name) if declared else None for name in WAYS}),
    )


def _source(row: Organisation, lines: Lines) -> Source:
    declared = lines.declared.get(row.id)
    if declared and any(getattr(declared, name) for name in WAYS):
        return "declared"
    return "measured" if row.id in lines.measured else "usual"
