"""What of the lists waits for somebody on the start page."""

from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from admin.companions.lists import actions
from admin.companions.lists.models import ListItem
from admin.companions.shape.cards import figure
from admin.companions.shape.counting import counted
from admin.start.waiting import Found, Source, Waiting
from admin.who import Actor
from admin.working_days import local_day

PAGE = "/affairs/lists/items"


async def waiting(session: AsyncSession, who: Actor, moment: datetime) -> Found:
    mine = (ListItem.owner_id == who.id) & (ListItem.state == "open")
    late = mine & (ListItem.due < local_day(moment))
    to_accept = (ListItem.state == "submitted") & (ListItem.owner_id != who.id)
    own, overdue, submitted = await counted(session, actions.ITEMS, who, mine, late, to_accept)
    one, other = ("我负责的事项未销号", "my items to close"), ("事项等验收", "items to accept")
    submitted_page = f"{PAGE}?where=state:submitted&where=owner_id!{who.id}"
    opened = f"{PAGE}?where=state:open&where=owner_id:{who.id}"
    return Found(
        waiting=[
            Waiting(key="lists.own", zh=one[0], en=one[1], count=own, page=opened, late=bool(overdue)),
            Waiting(key="lists.accept", zh=other[0], en=other[1], count=submitted, page=submitted_page),
        ],
        figures=[figure(card) for card in await actions.cards(session, who, moment)],
    )


SOURCE = Source(("lists.read",), waiting)
