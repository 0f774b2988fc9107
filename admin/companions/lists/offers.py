"""What other modules may ask for through the exchange."""

from collections.abc import Sequence

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from admin.companions.lists.models import ListItem
from admin.companions.shape.sharing import Offer, Rows
from admin.models import Organisation
from admin.registry import inside


async def progress(session: AsyncSession, place: str, keys: Sequence[str]) -> Rows:
    """Items by list and state, below the place; `keys` are names of lists."""
    query = select(ListItem.programme, ListItem.state, func.count().label("items"))
    query = query.join(Organisation, Organisation.id == ListItem.place_id).where(inside([place]))
    query = query.where(ListItem.programme.in_(keys)) if keys else query
    rows = await session.execute(
        query.group_by(ListItem.programme, ListItem.state).order_by(*query.selected_columns[:2])
    )
    return [dict(row._mapping) for row in rows]


OFFERS = (Offer("lists.progress", ("programme", "state", "items"), progress),)
