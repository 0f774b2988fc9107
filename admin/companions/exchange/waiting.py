"""What of the exchange waits for somebody on the start page."""

from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from admin.companions.exchange import actions
from admin.companions.exchange.models import Share
from admin.companions.exchange.rules import MACHINE
from admin.companions.shape.cards import figure
from admin.companions.shape.counting import counted
from admin.start.waiting import Found, Source, Waiting
from admin.who import Actor


async def waiting(session: AsyncSession, who: Actor, moment: datetime) -> Found:
    others = (Share.state == MACHINE.first) & (Share.created_by != who.id)
    (applied,) = await counted(session, actions.SHARES, who, others)
    zh, en = "数据共享申请等审批", "applications to decide"
    page = f"/affairs/exchange/shares?where=state:applied&where=created_by!{who.id}"
    complete, _ = await actions.cards(session, who, moment)
    return Found(
        waiting=[Waiting(key="exchange.applied", zh=zh, en=en, count=applied, page=page)],
        figures=[figure(complete)],
    )


SOURCE = Source(("exchange.approve",), waiting)
