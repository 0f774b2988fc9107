"""Binding, fixes, fences, search cases. Looking at a track is in `reports.py`."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import ARRAY, String, any_, delete, literal, select
from sqlalchemy.dialects.postgresql import distinct_on, insert
from sqlalchemy.ext.asyncio import AsyncSession
from starlette.requests import Request

from admin.children import families
from admin.companions.bracelets.models import Alert, Bracelet, Child, Fence, Fix, SearchCase
from admin.companions.bracelets.registers import BRACELETS, CASES, CHILDREN
from admin.companions.bracelets.rules import CASE, KEPT, alert, binding_refused, is_plausible
from admin.companions.bracelets.schemas import (
    AlertOut,
    BraceletOut,
    CaseNew,
    CaseOut,
    FenceIn,
    FixesIn,
    FixesOut,
    OwnChildOut,
)
from admin.companions.shape import reading
from admin.models import Assignment, Organisation, Person
from admin.paging import having, page
from admin.registry import BY_PERSON, inside
from admin.schemas import Named, Page
from admin.who import Actor, not_your_place
from admin.working_days import local_day
from core import audit
from core.errors import Conflict, NotFound, NotValid
from core.ids import new_id

FEW = 12
"""Guardians that a form's field offers at once."""

FRESH = timedelta(days=1)
"""An alert is news so long."""


async def bind(
    session: AsyncSession, who: Actor, bracelet_id: UUID, child_id: UUID | None, moment: datetime, request: Request
) -> BraceletOut:
    child = (await reading.reachable(session, CHILDREN, who, child_id, lock=True))[0] if child_id else None
    bracelet, place = await reading.reachable(session, BRACELETS, who, bracelet_id, lock=True)
    if not who.may("bracelets.keep", (await session.get_one(Organisation, bracelet.place_id)).path):
        raise not_your_place()
    if child:
        await _check_binding(session, bracelet, child, moment)
    before = {"child": bracelet.child_id}
    bracelet.child_id = child_id
    bracelet.version += 1
    named, after = f"bracelet:{bracelet.id}", {"child": child_id}
    await audit.record(session, who.id, "bracelet.bind", named, before=before, after=after, request=request)
    return BraceletOut.model_validate(reading.told(BRACELETS, bracelet, place), from_attributes=True)


async def _check_binding(session: AsyncSession, bracelet: Bracelet, child: Child, moment: datetime) -> None:
    if problem := binding_refused(
        child.born, await families.stands(session, child.person_id, "bracelet"), local_day(moment)
    ):
        raise problem
    worn = select(Bracelet.id).where(Bracelet.child_id == child.id, Bracelet.id != bracelet.id)
    if await session.scalar(worn):
        zh, en = "这个孩子已有手环，请先解绑。", "The child wears a bracelet already; take that one off first."
        raise Conflict("wears-one-already", zh=zh, en=en)


async def own_child(session: AsyncSession, who: Actor, child_id: UUID) -> Child:
    query = select(Child).where(Child.id == child_id, families.is_guard(who.id, Child.person_id))
    found = (await session.scalars(query)).first()
    if found is None:
        raise no_such_child()
    return found


def no_such_child() -> NotFound:
    return NotFound("child-unknown", zh="您名下没有这个孩子。", en="This is no child of yours.")


async def guardians(session: AsyncSession, who: Actor, q: str | None) -> Page[Named]:
    """People with a guardian's role within the asker's place: the first few by name."""
    query = select(Person.id, Person.name).join(Assignment, Assignment.person_id == Person.id)
    query = query.join(Organisation, Organisation.id == Assignment.organisation_id)
    query = query.where(Assignment.role == "guardian", inside(who.places("bracelets.keep")))
    query = query.where(having(q, Person.name)) if q else query
    rows, total, following = await page(session, query, BY_PERSON, None, FEW)
    return Page(items=[Named(id=row.id, name=row.name) for row in rows], total=total, next=following)


async def own_children(session: AsyncSession, who: Actor) -> list[OwnChildOut]:
    query = select(Child.id, Child.person_id, Child.name, Bracelet.number.label("bracelet"))
    query = query.add_columns(families.agreed("bracelet", Child.person_id).label("consented"))
    query = query.outerjoin(Bracelet, Bracelet.child_id == Child.id)
    query = query.where(families.is_guard(who.id, Child.person_id)).order_by(Child.born, Child.id)
    return [OwnChildOut.model_validate(row._mapping) for row in await session.execute(query)]


async def take_fixes(session: AsyncSession, body: FixesIn, moment: datetime) -> FixesOut:
    """Of bound bracelets only; a fix that comes twice is kept once."""
    numbers = literal(sorted({fix.number for fix in body.fixes}), ARRAY(String))
    worn = select(Bracelet).where(Bracelet.number == any_(numbers), Bracelet.child_id.is_not(None))
    # shared locks: whoever withdraws the consent in this moment waits, and then removes these fixes too
    bracelets = await session.scalars(worn.order_by(Bracelet.id).with_for_update(read=True))
    children = {bracelet.number: bracelet.child_id for bracelet in bracelets}
    kept = [
        fix.model_dump(exclude={"number"}) | {"child_id": children[fix.number]}
        for fix in body.fixes
        if fix.number in children and is_plausible(fix.at, moment)
    ]
    if kept:
        await session.execute(insert(Fix).on_conflict_do_nothing(), kept)
    return FixesOut(kept=len(kept), dropped=len(body.fixes) - len(kept))


async def add_fence(session: AsyncSession, who: Actor, child_id: UUID, body: FenceIn, request: Request) -> Fence:
    child = await own_child(session, who, child_id)
    if body.begins >= body.ends:
        raise NotValid("ends-before-it-begins", zh="结束要晚于开始。", en="It ends before it begins.")
    row = Fence(id=new_id(), child_id=child.id, **body.model_dump())
    session.add(row)
    await audit.record(session, who.id, "fence.create", f"child:{child.id}", request=request)
    return row


async def fences(session: AsyncSession, who: Actor, child_id: UUID) -> Sequence[Fence]:
    child = await own_child(session, who, child_id)
    return (await session.scalars(select(Fence).where(Fence.child_id == child.id).order_by(Fence.id))).all()


async def remove_fence(session: AsyncSession, who: Actor, child_id: UUID, fence_id: UUID, request: Request) -> None:
    child = await own_child(session, who, child_id)
    await session.execute(delete(Fence).where(Fence.id == fence_id, Fence.child_id == child.id))
    await audit.record(session, who.id, "fence.remove", f"child:{child.id}", request=request)


async def alerts(session: AsyncSession, who: Actor, since: datetime | None) -> list[AlertOut]:
    """The newest 200 of one's own children."""
    query = select(Alert.id, Alert.child_id, Alert.fence_id, Alert.kind, Alert.at)
    query = query.add_columns(Child.name.label("child"), Fence.name.label("fence"))
    query = query.join(Child, Child.id == Alert.child_id).join(Fence, Fence.id == Alert.fence_id)
    query = query.where(families.is_guard(who.id, Child.person_id))
    query = query.where(Alert.at > since) if since else query
    rows = await session.execute(query.order_by(Alert.at.desc(), Alert.id).limit(200))
    return [AlertOut.model_validate(row, from_attributes=True) for row in rows]


async def watch(session: AsyncSession, moment: datetime) -> int:
    """Compares each fence with its child's newest fix; an alert is raised once a fence, day and kind."""
    newest = select(Fix).ext(distinct_on(Fix.child_id)).where(Fix.child_id.in_(select(Fence.child_id)))
    newest = newest.where(Fix.at > moment - timedelta(days=1)).order_by(Fix.child_id, Fix.at.desc())
    fixes = {fix.child_id: fix for fix in await session.scalars(newest)}
    worn = select(Fence).join(Bracelet, Bracelet.child_id == Fence.child_id)
    raised: list[dict[str, Any]] = [
        {"id": new_id(), "child_id": fence.child_id, "fence_id": fence.id, "kind": kind}
        for fence in await session.scalars(worn)
        if (kind := alert(fence, fixes.get(fence.child_id), moment))
    ]
    if raised:
        rows = [row | {"day": local_day(moment), "at": moment} for row in raised]
        await session.execute(insert(Alert).on_conflict_do_nothing(), rows)
    return len(raised)


async def forget_tracks(session: AsyncSession, moment: datetime) -> None:
    await session.execute(delete(Fix).where(Fix.at <= moment - KEPT))


async def open_case(session: AsyncSession, who: Actor, body: CaseNew, moment: datetime, request: Request) -> CaseOut:
    """On the guardian's report; ends by itself when its hours have passed."""
    found = select(Child, Organisation.path).join(Organisation, Organisation.id == Child.place_id)
    row = (await session.execute(found.where(Child.id == body.child_id))).first()
    if row is None or not who.may("bracelets.search", row.path):
        raise not_your_place()
    child: Child = row[0]
    case = SearchCase(id=new_id(), place_id=child.place_id, version=1, created_by=who.id, created_at=moment)
    case.child_id, case.reported_by, case.reason = child.id, child.guardian_id, body.reason
    case.expires_at, case.state = moment + timedelta(hours=body.hours), CASE.first
    session.add(case)
    await session.flush()
    after = {"child": child.id, "reason": body.reason, "expires_at": case.expires_at}
    await audit.record(session, who.id, "search-case.open", f"search-case:{case.id}", after=after, request=request)
    return CaseOut.model_validate(await reading.made(session, CASES, case), from_attributes=True)
