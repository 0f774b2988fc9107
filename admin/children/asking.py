"""What guardians ask for in writing, and the answer that they get in time."""

from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Select, select
from sqlalchemy.ext.asyncio import AsyncSession
from starlette.requests import Request

from admin.changes import write
from admin.children import families
from admin.children.files import request_out
from admin.children.models import ChildRequest
from admin.children.schemas import RequestAnswer, RequestNew, RequestOut
from admin.models import Person
from admin.paging import Order, page
from admin.schemas import Named, Page
from admin.who import Actor
from core import audit
from core.clock import now
from core.errors import Conflict, NotFound
from core.ids import new_id

ANSWERED_IN = timedelta(days=15)
"""The law says "in time"; the prefecture's own rule is fifteen days, as for deletions of apps (GB/T 35273, 8.7)."""
SOONEST = Order((ChildRequest.due_at, ChildRequest.id))


async def ask(session: AsyncSession, who: Actor, child_id: UUID, body: RequestNew, request: Request) -> RequestOut:
    """By a guardian; one request of a kind at a time."""
    found = await families.child(session, who, child_id, "children.read")
    if not await families.guards(session, who.id, child_id):
        raise NotFound("child-unknown", zh="没有这个孩子，或不在您的范围内。", en="No such child within your reach.")
    waiting = select(ChildRequest.id).where(ChildRequest.child_id == child_id, ChildRequest.kind == body.kind)
    if await session.scalar(waiting.where(ChildRequest.done_at.is_(None))) is not None:
        raise Conflict("request-waiting", zh="同样的申请已在办理。", en="The same request is being dealt with.")
    row = ChildRequest(id=new_id(), child_id=child_id, by_id=who.id, kind=body.kind, words=body.words, at=now())
    row.due_at, row.done_at, row.done_by, row.answer = row.at + ANSWERED_IN, None, None, None
    await write(session, row)
    after = {"kind": body.kind, "words": body.words}
    what = f"person:{child_id}"
    await audit.record(session, who.id, "child.request", what, after=after, request=request, about=child_id)
    return request_out(row, Named(id=child_id, name=found.name))


async def waiting(session: AsyncSession, who: Actor, after: str | None, limit: int) -> Page[RequestOut]:
    """Open requests about children of one's place, the most urgent first."""
    query: Select[*tuple[Any, ...]] = select(ChildRequest, Person.name).join(Person, Person.id == ChildRequest.child_id)
    query = query.where(families.within(who, "children.keep"), ChildRequest.done_at.is_(None))
    rows, total, following = await page(session, query, SOONEST, after, limit)
    items = [request_out(row[0], Named(id=row[0].child_id, name=row.name)) for row in rows]
    return Page(items=items, total=total, next=following)


async def answer(session: AsyncSession, who: Actor, request_id: UUID, body: RequestAnswer, request: Request) -> None:
    query = select(ChildRequest).join(Person, Person.id == ChildRequest.child_id).where(ChildRequest.id == request_id)
    query = query.where(families.within(who, "children.keep"), Person.disabled_at.is_(None))
    row = (await session.scalars(query.with_for_update(of=ChildRequest))).first()
    if row is None:
        zh, en = "没有这个申请，或不在您的范围内。", "There is no such request within your place."
        raise NotFound("request-unknown", zh=zh, en=en)
    if row.done_at:
        raise Conflict("request-answered", zh="这个申请已经答复。", en="The request has been answered.")
    row.done_at, row.done_by, row.answer = now(), who.id, body.answer
    after = {"answer": body.answer}
    what = f"person:{row.child_id}"
    await audit.record(session, who.id, "child.answer", what, after=after, request=request, about=row.child_id)
