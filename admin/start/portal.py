"""The portal: the tiers' entrances with their names, and the applications that the asker may open."""

from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from starlette.requests import Request

from admin.models import Organisation
from admin.rights import Right
from admin.schemas import Place
from admin.start.models import Entrance
from admin.start.schemas import EntranceChange, EntranceOut, PortalOut
from admin.who import Actor, not_your_place
from core import audit
from core.errors import Conflict

TIERS = ("province", "prefecture", "county")
APPLICATIONS: dict[str, tuple[Right, ...]] = {
    "lessons": ("lessons.browse", "lessons.attend", "lessons.teach"),
    "library": ("resources.read",),
    "timetable": ("plan.read",),
    "schools": ("organisations.read",),
    "roster": ("classes.read",),
    "relays": ("relays.read",),
    "devices": ("devices.read",),
    "tickets": ("tickets.open",),
    "walk": ("lessons.observe",),
    "reports": ("reports.read",),
    "lists": ("lists.read",),
    "exchange": ("exchange.read",),
    "settlement": ("settlement.read", "settlement.charge"),
    "bracelets": ("bracelets.read", "bracelets.own"),
    "audit": ("audit.read",),
}
"""The catalogue, each with the rights one of which opens it."""


async def portal(session: AsyncSession, who: Actor) -> PortalOut:
    query = select(Organisation, Entrance).outerjoin(Entrance, Entrance.place_id == Organisation.id)
    rows = (await session.execute(query.where(Organisation.tier.in_(TIERS)).order_by(Organisation.path))).all()
    changes = bool(who.places("portal.change"))
    open_to = [name for name, rights in APPLICATIONS.items() if any(who.places(right) for right in rights)]
    entrances = [_told(place, named, changes and who.may("portal.change", place.path)) for place, named in rows]
    return PortalOut(entrances=sorted(entrances, key=lambda one: TIERS.index(one.place.tier)), applications=open_to)


async def rename(
    session: AsyncSession, who: Actor, place_id: UUID, body: EntranceChange, request: Request
) -> EntranceOut:
    """Raises Conflict with `theirs` when another was first."""
    place = await session.get(Organisation, place_id, with_for_update=True)
    if place is None or place.tier not in TIERS or not who.may("portal.change", place.path):
        raise not_your_place()
    row = await session.get(Entrance, place_id)
    before = _told(place, row, True)
    if body.version != before.version:
        zh, en = "刚刚有人改过，请核对。", "Somebody changed it just now; compare."
        raise Conflict("changed-meanwhile", zh=zh, en=en, theirs=before.model_dump(mode="json"))
    row = row or Entrance(place_id=place_id)
    row.name_zh, row.name_en, row.version = body.name_zh, body.name_en, body.version + 1
    session.add(row)
    was, now = {"name": before.name_zh, "name_en": before.name_en}, body.model_dump(exclude={"version"})
    await audit.record(session, who.id, "entrance.rename", f"place:{place_id}", before=was, after=now, request=request)
    return _told(place, row, True)


def _told(place: Organisation, named: Entrance | None, changes: bool) -> EntranceOut:
    plain = Place(id=place.id, name=place.name_zh, name_en=place.name_en, tier=place.tier)
    zh, en = (named.name_zh, named.name_en) if named else (place.name_zh, place.name_en)
    return EntranceOut(place=plain, name_zh=zh, name_en=en, version=named.version if named else 0, changes=changes)
