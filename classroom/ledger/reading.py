"""Reading the tree: who is a relay's parent, how well it does, and what a lesson's legs carry. Each bureau sees the
relays of its own place, and those above it that its lessons come through."""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from admin.models import Organisation
from admin.paging import one_of
from admin.schemas import Page, Place
from admin.tree import is_inside, is_inside_any
from admin.who import Actor
from classroom.cascade import registry
from classroom.cascade.registry import Card, Known, LegNow
from classroom.ledger.models import RelayLeg
from classroom.ledger.schemas import Health, LegOut, RelayLine, RelayOut
from classroom.lessons.reading import one_lesson
from core.connections import Connections

WEAK_LOSS, WEAK_DELAY_MS = 0.05, 400.0
"""As for a viewer's line: beyond them a lesson stumbles."""


async def relays(session: AsyncSession, ground: Connections, who: Actor) -> Page[RelayOut]:
    known = await registry.all_relays(ground.valkey)
    rows = await _places(session, known)
    names = {one.card.address: one.card.name for one in known}
    seen = [one for one in known if _sees(who, rows.get(one.card.place or ""))]
    items = [_relay(one, rows.get(one.card.place or ""), names) for one in seen]
    return Page(items=items, total=len(items), next=None)


async def legs(session: AsyncSession, ground: Connections, who: Actor, lesson_id: UUID) -> Page[LegOut]:
    """Raises NotFound also for a lesson that this person does not see."""
    await one_lesson(session, who, lesson_id)
    known = await registry.all_relays(ground.valkey)
    names = {one.card.address: one.card.name for one in known}
    now_carried = [
        _live_leg(one, leg, names)
        for one in known
        if one.alive
        for leg in one.card.legs
        if leg.lesson == str(lesson_id)
    ]
    living = {leg.id for leg in now_carried}
    rows = await session.scalars(select(RelayLeg).where(RelayLeg.lesson_id == lesson_id).order_by(RelayLeg.since_at))
    over = [_ended_leg(row, names) for row in rows if row.id not in living]
    items = [*now_carried, *over]
    return Page(items=items, total=len(items), next=None)


def health_of(loss: float, delay_ms: float | None) -> Health:
    return "weak" if loss > WEAK_LOSS or (delay_ms or 0.0) > WEAK_DELAY_MS else "ok"


async def _places(session: AsyncSession, known: Iterable[Known]) -> dict[str, Organisation]:
    ids = {place for one in known if (place := _uuid(one.card.place)) is not None}
    rows = (await session.scalars(select(Organisation).where(one_of(Organisation.id, ids)))).all()
    return {str(row.id): row for row in rows}


def _uuid(text: str | None) -> UUID | None:
    try:
        return UUID(text or "")
    except ValueError:
        return None


def _sees(who: Actor, place: Organisation | None) -> bool:
    reach = who.places("relays.read")
    return place is None or is_inside_any(place.path, reach) or any(is_inside(own, place.path) for own in reach)


def _relay(one: Known, place: Organisation | None, names: dict[str, str]) -> RelayOut:
    card = one.card
    return RelayOut(
        name=card.name,
        tier=card.tier,
        place=Place(id=place.id, name=place.name_zh, name_en=place.name_en, tier=place.tier) if place else None,
        parent=names.get(card.parent, card.parent) if card.parent else None,
        address=card.address,
        state="down" if not one.alive else "draining" if card.draining else "up",
        seen_at=_moment(card.seen),
        capacity=card.capacity,
        sessions=card.sessions if one.alive else 0,
        load=round(card.sessions / card.capacity, 3) if one.alive and card.capacity else 0.0,
        lessons=card.lessons if one.alive else 0,
        kbps_in=card.kbps_in if one.alive else 0.0,
        kbps_out=card.kbps_out if one.alive else 0.0,
        line=_line(card, one.alive),
    )


def _line(card: Card, alive: bool) -> RelayLine | None:
    if not card.legs:
        return None
    loss, delay = max(leg.loss for leg in card.legs), _worst([leg.delay_ms for leg in card.legs])
    health = health_of(loss, delay) if alive else "down"
    return RelayLine(
        health=health, legs=len(card.legs), kbps=sum(leg.kbps for leg in card.legs), loss=loss, delay_ms=delay
    )


def _worst(delays: Sequence[float | None]) -> float | None:
    return max((delay for delay in delays if delay is not None), default=None)


def _live_leg(one: Known, leg: LegNow, names: dict[str, str]) -> LegOut:
    return LegOut(
        id=UUID(leg.id),
        parent=names.get(leg.parent, leg.parent),
        child=one.card.name,
        tier=one.card.tier,
        slot=leg.slot,
        layer=leg.layer,
        state="live",
        health=health_of(leg.loss, leg.delay_ms),
        kbps=leg.kbps,
        loss=leg.loss,
        delay_ms=leg.delay_ms,
        since=_moment(leg.since),
        until=_moment(leg.until),
        bytes=leg.octets,
        packets=leg.packets,
        lost=leg.lost,
        gaps=leg.gaps,
        gap_ms=leg.gap_ms,
    )


def _ended_leg(row: RelayLeg, names: dict[str, str]) -> LegOut:
    seconds = max((row.until_at - row.since_at).total_seconds(), 1.0)
    loss = row.lost / (row.packets + row.lost) if row.packets else 0.0
    return LegOut.model_validate(
        {
            **{name: getattr(row, name) for name in ("id", "child", "tier", "slot", "layer", "bytes", "packets")},
            **{name: getattr(row, name) for name in ("lost", "gaps", "gap_ms", "delay_ms")},
            "parent": names.get(row.parent, row.parent),
            "state": "over",
            "health": health_of(loss, row.delay_ms),
            "kbps": round(row.bytes * 8 / 1000 / seconds, 1),
            "loss": round(loss, 4),
            "since": row.since_at,
            "until": row.until_at,
        }
    )


def _moment(seconds: float) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)
