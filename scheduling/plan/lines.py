"""What schools' lines and counties' relays carry, and which lines are weak. What the bureau declares prevails over what
the boxes in a school's rooms measured, and that over what the prefecture says of its fibre."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from admin.models import Device, Room
from admin.paging import one_of
from classroom.ledger.attendance import ENOUGH
from classroom.ledger.models import RoomAttendance
from core.clock import now
from scheduling.plan.models import LineCapacity

UPLINK_KBIT, DOWNLINK_KBIT, RELAY_KBIT = 100_000, 100_000, 1_000_000
"""Where nothing is declared or measured: "100 Mbit/s to the desktop", as the prefecture says of its fibre."""
LATELY, A_LESSON = timedelta(days=60), 40
"""By what a line is judged: so far back, and not before so many minutes."""


@dataclass(frozen=True)
class Measured:
    """In kbit/s; None: no box has measured it lately."""

    up: int | None = None
    down: int | None = None


@dataclass(frozen=True)
class Lines:
    declared: Mapping[UUID, LineCapacity]
    measured: Mapping[UUID, Measured]

    def up(self, school: UUID) -> int:
        told = self.declared[school].uplink_kbit if school in self.declared else None
        return told or self.measured.get(school, Measured()).up or UPLINK_KBIT

    def down(self, school: UUID) -> int:
        told = self.declared[school].downlink_kbit if school in self.declared else None
        return told or self.measured.get(school, Measured()).down or DOWNLINK_KBIT

    def relay(self, county: UUID) -> int:
        told = self.declared[county].relay_kbit if county in self.declared else None
        return told or RELAY_KBIT


async def lines_of(session: AsyncSession, places: Iterable[UUID]) -> Lines:
    """Of schools and counties, in two statements."""
    ids = set(places)
    rows = await session.scalars(select(LineCapacity).where(one_of(LineCapacity.place_id, ids)))
    return Lines({row.place_id: row for row in rows}, await _measured(session, ids))


async def _measured(session: AsyncSession, schools: Iterable[UUID]) -> dict[UUID, Measured]:
    """By the self-tests of the last 60 days; of several boxes the quickest, for they share the school's line."""
    query = select(Room.school_id, Device.told).join(Room, Room.id == Device.room_id)
    query = query.where(one_of(Room.school_id, schools), Device.revoked_at.is_(None), Device.told_at > now() - LATELY)
    best: dict[UUID, dict[str, int]] = {}
    for school, told in await session.execute(query):
        for check in (told or {}).get("checks", ()):
            if check["name"] in ("up", "down") and check["value"]:
                found = best.setdefault(school, {})
                found[check["name"]] = max(found.get(check["name"], 0), int(check["value"]))
    return {school: Measured(**found) for school, found in best.items()}


async def weak_lines(session: AsyncSession, schools: Iterable[UUID]) -> set[UUID]:
    """Schools whose rooms had a good line for too little of what they received lately."""
    good, all = func.sum(RoomAttendance.good_minutes), func.sum(RoomAttendance.minutes)
    query = select(Room.school_id).join(RoomAttendance, RoomAttendance.room_id == Room.id)
    query = query.where(one_of(Room.school_id, set(schools)), RoomAttendance.last_at > now() - LATELY)
    query = query.group_by(Room.school_id).having((all >= A_LESSON) & (good < ENOUGH * all))
    return set((await session.scalars(query)).all())
