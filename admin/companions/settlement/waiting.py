"""What of the settlements waits for the insurance bureau and for a hospital's window on the start page."""

from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from admin.companions.settlement.models import Encounter, Reconciliation, Window
from admin.companions.settlement.registers import RECONCILIATIONS
from admin.companions.settlement.reports import cards
from admin.companions.shape.cards import figure
from admin.companions.shape.counting import counted
from admin.start.waiting import Found, Source, Waiting
from admin.who import Actor


async def for_bureau(session: AsyncSession, who: Actor, moment: datetime) -> Found:
    (found,) = await counted(session, RECONCILIATIONS, who, Reconciliation.differing >= 1)
    zh, en = "对账单有差", "reconciliations with differences"
    page = "/affairs/settlement/reconciliations?where=differing>=1"
    return Found(
        waiting=[Waiting(key="settlement.differences", zh=zh, en=en, count=found, page=page)],
        figures=[figure(card) for card in await cards(session, who, moment)],
    )


async def for_window(session: AsyncSession, who: Actor, moment: datetime) -> Found:
    stays = select(func.count()).select_from(Encounter).join(Window, Window.hospital_id == Encounter.hospital_id)
    found = await session.scalar(stays.where(Window.person_id == who.id, Encounter.state == "open")) or 0
    zh, en, page = "出院没有结算", "stays to settle", "/affairs/settlement/window?open=true"
    return Found(waiting=[Waiting(key="settlement.stays", zh=zh, en=en, count=found, page=page)])


BUREAU = Source(("settlement.reconcile",), for_bureau)
WINDOW = Source(("settlement.charge",), for_window)
