"""What is asked of the database for the list's rules, cards and wall chart."""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select, true
from sqlalchemy.ext.asyncio import AsyncSession

from admin.companions.lists import words
from admin.companions.lists.models import ListItem
from admin.companions.lists.rules import MACHINE, colour
from admin.companions.lists.schemas import BarOut, ItemChange, ItemNew, ItemOut
from admin.companions.shape import reading
from admin.companions.shape.cards import Card, percent
from admin.companions.shape.counting import counted
from admin.companions.shape.register import Register
from admin.models import Assignment, Organisation
from admin.registry import PRIVATE, inside
from admin.schemas import Page
from admin.tree import ancestors
from admin.who import Actor
from admin.working_days import calendar, local_day
from core.errors import Conflict, NotValid


async def check(session: AsyncSession, who: Actor, row: ListItem) -> None:
    row.state = row.state or "open"
    if row.state != "open":
        zh, en = (
            "已报请或已销号的事项不能再改，请先退回。",
            "A submitted or closed item does not change; send it back first.",
        )
        raise Conflict("item-frozen", zh=zh, en=en)
    if row.due and row.due < row.starts:
        zh, en = "完成期限早于开始日期。", "It is due before it starts."
        raise NotValid("due-before-start", zh=zh, en=en)
    if row.owner_id and not await _works_there(session, row):
        zh = "责任人要是本单位、下属或上级单位的在职人员。"
        en = "The owner must be somebody who works at this place, below it or above it."
        raise NotValid("owner-unknown", zh=zh, en=en)


async def _works_there(session: AsyncSession, row: ListItem) -> bool:
    path = (await session.get_one(Organisation, row.place_id)).path
    held = select(Assignment.id).join(Organisation, Organisation.id == Assignment.organisation_id)
    held = held.where(Assignment.person_id == row.owner_id, Assignment.role.not_in(PRIVATE))
    above = Organisation.id.in_(ancestors(path))
    return await session.scalar(held.where(inside([path]) | above).limit(1)) is not None


ITEMS = Register(
    noun="list-item",
    path="items",
    row=ListItem,
    out=ItemOut,
    columns=words.ITEM,
    read="lists.read",
    write="lists.change",
    new=ItemNew,
    change=ItemChange,
    check=check,
    machine=MACHINE,
    files=True,
)


async def wall(session: AsyncSession, who: Actor, wanted: reading.Asked, now: datetime) -> Page[BarOut]:
    found = await reading.listed(session, ITEMS, who, wanted)
    today, days = local_day(now), await calendar(session)
    bars = []
    for item in found.items:
        left = days.between(today, item.due) if item.due and item.state != "closed" else None
        bars.append(BarOut(item=item, colour=colour(item.state, item.due, today, days), working_days_left=left))
    return Page(items=bars, total=found.total, next=found.next)


async def cards(session: AsyncSession, who: Actor, now: datetime) -> list[Card]:
    today = local_day(now)
    late = (ListItem.state != "closed") & (ListItem.due < today)
    total, closed, overdue = await counted(session, ITEMS, who, true(), ListItem.state == "closed", late)
    plain: dict[str, Any] = {"source": "list_items", "at": now}
    return [
        Card(
            key="lists.closed",
            zh="销号率",
            en="Closed",
            definition_zh="已销号事项 ÷ 全部事项",
            definition_en="closed items ÷ all items",
            unit="%",
            value=percent(closed, total),
            numerator=str(closed),
            denominator=str(total),
            rows="/api/lists/items?where=state:closed",
            **plain,
        ),
        Card(
            key="lists.overdue",
            zh="超期未销号",
            en="Overdue",
            definition_zh="完成期限早于今天而未销号的事项",
            definition_en="items that were due before today and are not closed",
            unit="项",
            value=str(overdue),
            rows=f"/api/lists/items?where=state!closed&where=due<={today - timedelta(days=1)}",
            **plain,
        ),
    ]
