"""Writes down what relays tell of their legs. The same totals twice, or older ones late, change nothing."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from classroom.cascade import deliver
from classroom.cascade.spool import Entry
from classroom.ledger.models import RelayLeg
from core import database
from core.connections import Connections

TOTALS = ("until_at", "bytes", "packets", "lost", "gaps", "gap_ms", "delay_ms")


async def take(session: AsyncSession, ground: Connections) -> int:
    """Everything that waits in Valkey. Relays are told after the commit. Returns how many legs."""
    numbers, entries = await deliver.waiting(ground.valkey)
    await write(session, entries)
    database.after_commit(session, deliver.written, ground.valkey, numbers, entries)
    return len(entries)


async def write(session: AsyncSession, entries: Sequence[Entry]) -> None:
    rows: dict[UUID, dict[str, Any]] = {}
    for entry in entries:
        row = _row(entry)
        if row is not None and (row["id"] not in rows or rows[row["id"]]["until_at"] < row["until_at"]):
            rows[row["id"]] = row
    if not rows:
        return
    query = insert(RelayLeg).values(list(rows.values()))
    newer = query.excluded.until_at > RelayLeg.until_at
    totals = {name: query.excluded[name] for name in TOTALS}
    await session.execute(query.on_conflict_do_update(index_elements=["id"], set_=totals, where=newer))


def _row(entry: Entry) -> dict[str, Any] | None:
    """None for what is no lesson of this house."""
    leg = entry.leg
    try:
        ids = {"id": UUID(leg.id), "lesson_id": UUID(leg.lesson)}
    except ValueError:
        return None
    return {
        **ids,
        "child": entry.child[:80],
        "parent": leg.parent[:300],
        "tier": entry.tier[:20],
        "slot": leg.slot[:20],
        "layer": leg.layer[:20],
        "since_at": datetime.fromtimestamp(leg.since, UTC),
        "until_at": datetime.fromtimestamp(leg.until, UTC),
        "bytes": leg.octets,
        "packets": leg.packets,
        "lost": leg.lost,
        "gaps": leg.gaps,
        "gap_ms": leg.gap_ms,
        "delay_ms": None if leg.delay_ms is None else round(leg.delay_ms),
    }
