"""One's own notices, and where one wants them."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Request
from sqlalchemy import delete, func, select, update

from admin.answers import PROBLEMS
from admin.notices.channels import channels
from admin.notices.models import Notice, Way
from admin.notices.schemas import NoticeOut, WaysIn, WaysOut
from admin.notices.templates import body, subject
from admin.paging import DEFAULT_LIMIT, After, Limit, Order, page
from admin.schemas import Page
from admin.who import Actor, require
from core import audit
from core.clock import now
from core.database import Session
from core.settings import NoticeSettings, load

router = APIRouter(prefix="/api/notices", tags=["notices"], responses=PROBLEMS)
Own = Annotated[Actor, require("session.own")]
NEWEST = Order((Notice.at, Notice.id), descending=True)


@router.get("")
async def own_notices(session: Session, who: Own, after: After = None, limit: Limit = DEFAULT_LIMIT) -> Page[NoticeOut]:
    query = select(Notice).where(Notice.person_id == who.id)
    rows, total, following = await page(session, query, NEWEST, after, limit)
    return Page(items=[_told(row[0]) for row in rows], total=total, next=following)


@router.get("/unread")
async def unread(session: Session, who: Own) -> int:
    query = select(func.count()).where(Notice.person_id == who.id, Notice.read_at.is_(None))
    return await session.scalar(query) or 0


@router.post("/{notice_id}/read", status_code=204)
async def read(notice_id: UUID, session: Session, who: Own) -> None:
    """Another's notice is left as it is, like one that is not there."""
    own = update(Notice).where(Notice.id == notice_id, Notice.person_id == who.id, Notice.read_at.is_(None))
    await session.execute(own.values(read_at=now()))


@router.get("/ways")
async def show_ways(session: Session, who: Own) -> WaysOut:
    rows = await session.scalars(select(Way).where(Way.person_id == who.id))
    return WaysOut(ways={row.channel: row.address for row in rows}, offered=sorted(channels(load(NoticeSettings))))


@router.put("/ways", status_code=204)
async def put_ways(body: WaysIn, session: Session, who: Own, request: Request) -> None:
    await session.execute(delete(Way).where(Way.person_id == who.id))
    session.add_all(Way(person_id=who.id, channel=channel, address=address) for channel, address in body.ways.items())
    after = {"channels": sorted(body.ways)}
    await audit.record(session, who.id, "notice-ways.change", f"person:{who.id}", after=after, request=request)


def _told(notice: Notice) -> NoticeOut:
    words: dict[str, Any] = {
        f"{name}_{language}": say(notice.kind, notice.values, language)
        for name, say in (("subject", subject), ("body", body))
        for language in ("zh", "en")
    }
    return NoticeOut(id=notice.id, page=notice.page, at=notice.at, read=notice.read_at is not None, **words)
