"""What the bracelets hold about a child (admin/children/holdings.py). Positions rest on the guardian's consent."""

from uuid import UUID

from sqlalchemy import delete, func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from admin.children.holdings import Holding, Rows
from admin.companions.bracelets.models import Alert, Bracelet, Child, Fence, Fix, SearchCase
from core.connections import Connections
from core.database import json_ready


async def _registered(session: AsyncSession, person: UUID) -> Rows:
    query = select(Child.name, Child.born, Bracelet.number.label("bracelet"))
    query = query.outerjoin(Bracelet, Bracelet.child_id == Child.id).where(Child.person_id == person)
    return [json_ready(dict(row._mapping)) for row in await session.execute(query)]


async def _searches(session: AsyncSession, person: UUID) -> Rows:
    query = select(SearchCase.created_at, SearchCase.reason, SearchCase.state).join(Child)
    return [json_ready(dict(row._mapping)) for row in await session.execute(query.where(Child.person_id == person))]


async def _positions(session: AsyncSession, person: UUID) -> Rows:
    """How many there are and of which time; where the child was is on the map, and each look there is on record."""
    query = select(func.count(), func.min(Fix.at), func.max(Fix.at)).join(Child).where(Child.person_id == person)
    kept, first, last = (await session.execute(query)).one()
    return [json_ready({"positions": kept, "from": first, "to": last})] if kept else []


async def stop(session: AsyncSession, ground: Connections, person: UUID) -> None:
    """The bracelet is taken off, so that nothing more comes in, and positions and alerts are removed at once. The
    child's row is locked first: a binding that was asked for before waits, and then finds no consent."""
    child = await session.scalar(select(Child.id).where(Child.person_id == person).with_for_update())
    if child is None:
        return
    worn = update(Bracelet).where(Bracelet.child_id == child)
    await session.execute(worn.values(child_id=None, version=Bracelet.version + 1))
    for table in (Fix, Alert):
        await session.execute(delete(table).where(table.child_id == child))


async def _erase(session: AsyncSession, ground: Connections, person: UUID) -> None:
    await stop(session, ground, person)
    own = select(Child.id).where(Child.person_id == person).scalar_subquery()
    for table in (SearchCase, Fence):
        await session.execute(delete(table).where(table.child_id == own))
    await session.execute(delete(Child).where(Child.person_id == person))


async def _nothing(session: AsyncSession, ground: Connections, person: UUID) -> None:
    """Goes with the registration."""


HOLDINGS = (
    Holding(
        "bracelet",
        "安全手环的登记",
        "Registration for a bracelet",
        ("bracelet_children.person_id",),
        _registered,
        _erase,
    ),
    Holding("bracelet-searches", "手环的查找", "Searches by bracelet", (), _searches, _nothing),
    Holding(
        "bracelet-positions",
        "手环的位置",
        "Positions by bracelet",
        (),
        _positions,
        stop,
        purpose="bracelet",
        withdraw=stop,
    ),
)
