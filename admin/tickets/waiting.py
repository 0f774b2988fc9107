"""Tickets that wait for the asker: those whose turn is at her own place."""

from datetime import datetime

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from admin.models import Organisation
from admin.registry import inside
from admin.start.waiting import Found, Source, Waiting
from admin.tickets.models import Ticket
from admin.tickets.reading import whose_turn
from admin.who import Actor


async def waiting(session: AsyncSession, who: Actor, moment: datetime) -> Found:
    open_here = (Ticket.state == "open") & whose_turn(who)
    mine = (Ticket.state == "taken") & (Ticket.taken_by == who.id)
    late = open_here & Ticket.due_at.is_(None)
    counted: list[ColumnElement[int]] = [func.count().filter(condition) for condition in (open_here, mine, late)]
    query = select(*counted).select_from(Ticket).join(Organisation, Organisation.id == Ticket.place_id)
    query = query.where(Ticket.state != "closed", inside(who.places("tickets.answer")))
    here, taken, top = tuple((await session.execute(query)).one())
    page, own = "/tickets?state=open&mine=turn", "/tickets?state=taken&mine=taken"
    zh, en = "故障等人接手", "tickets to take"
    return Found(
        waiting=[
            Waiting(key="tickets.open", zh=zh, en=en, count=here, page=page, late=bool(top)),
            Waiting(key="tickets.taken", zh="我接手的故障", en="tickets that I took", count=taken, page=own),
        ]
    )


SOURCE = Source(("tickets.answer",), waiting)
