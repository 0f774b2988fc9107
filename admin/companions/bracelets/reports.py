"""Looking at a child's track: refused without a case or consent, and on record either way; and the cards."""

from datetime import UTC, date, datetime, time, timedelta
from uuid import UUID

from sqlalchemy import func, select, true
from sqlalchemy.ext.asyncio import AsyncSession
from starlette.requests import Request

from admin.children import families
from admin.companions.bracelets.actions import no_such_child, own_child
from admin.companions.bracelets.models import Bracelet, Child, Fence, Fix, SearchCase
from admin.companions.bracelets.registers import BRACELETS
from admin.companions.bracelets.rules import is_stale, look_refused
from admin.companions.bracelets.schemas import FenceOut, FixOut, LookOut, TrackOut
from admin.companions.shape.cards import Card, percent
from admin.companions.shape.counting import counted
from admin.models import Organisation, Person
from admin.registry import inside
from admin.schemas import Named
from admin.who import Actor
from admin.working_days import HERE
from core import audit
from core.audit import AuditEntry
from core.connections import Connections
from core.errors import Problem

LOOK = "child.track"


async def track(
    session: AsyncSession, who: Actor, child_id: UUID, day: date, moment: datetime, request: Request
) -> TrackOut:
    """The day's fixes. A child that is not there and one that may not be looked at are refused alike."""
    child, guards, until = await _standing(session, who, child_id)
    agreed = child is not None and guards and await families.stands(session, child.person_id, "bracelet")
    problem = look_refused(guards, agreed, until, moment)
    if problem or child is None:
        problem = problem or no_such_child()
        await _log_refused(who, child_id, problem, request)
        raise problem
    await audit.record(session, who.id, LOOK, f"child:{child_id}", after={"day": day}, request=request)
    begins = datetime.combine(day, time(), HERE).astimezone(UTC)
    rows = select(Fix).where(Fix.child_id == child_id, Fix.at >= begins, Fix.at < begins + timedelta(days=1))
    fixes = [_told(fix) for fix in await session.scalars(rows.order_by(Fix.at))]
    newest = select(Fix).where(Fix.child_id == child_id).order_by(Fix.at.desc()).limit(1)
    found = (await session.scalars(newest)).first()
    last = _told(found) if found else None
    stale = last is None or is_stale(last.at, moment)
    fences = select(Fence).where(Fence.child_id == child_id).order_by(Fence.id)
    return TrackOut(
        current=None if stale else last,
        last=last,
        stale=stale,
        fixes=fixes,
        child=child.name,
        fences=[FenceOut.model_validate(fence, from_attributes=True) for fence in await session.scalars(fences)],
        case_until=until,
    )


async def _standing(session: AsyncSession, who: Actor, child_id: UUID) -> tuple[Child | None, bool, datetime | None]:
    """The child, whether the asker is its guardian, and the end of an open case within the asker's place."""
    child = await session.get(Child, child_id)
    guards = child is not None and await families.guards(session, who.id, child.person_id)
    case = select(func.max(SearchCase.expires_at)).join(Organisation, Organisation.id == SearchCase.place_id)
    case = case.where(SearchCase.child_id == child_id, SearchCase.state == "open")
    places = who.places("bracelets.search")
    until = await session.scalar(case.where(inside(places))) if places else None
    return child, guards, until


async def _log_refused(who: Actor, child_id: UUID, problem: Problem, request: Request) -> None:
    ground: Connections = request.app.state.connections
    async with ground.transaction() as own:
        await audit.record(own, who.id, LOOK, f"child:{child_id}", result=problem.code, request=request)


def _told(fix: Fix) -> FixOut:
    return FixOut.model_validate(fix, from_attributes=True)


async def looks(session: AsyncSession, who: Actor, child_id: UUID) -> list[LookOut]:
    """Who looked at one's own child, or tried to: the newest 200."""
    child = await own_child(session, who, child_id)
    query = select(AuditEntry.at, AuditEntry.result, Person.id, Person.name)
    query = query.outerjoin(Person, Person.id == AuditEntry.actor)
    query = query.where(AuditEntry.object == f"child:{child.id}", AuditEntry.action == LOOK)
    rows = await session.execute(query.order_by(AuditEntry.number.desc()).limit(200))
    return [
        LookOut(by=Named(id=row.id, name=row.name) if row.id else None, at=row.at, result=row.result) for row in rows
    ]


async def cards(session: AsyncSession, who: Actor, moment: datetime) -> list[Card]:
    issued, worn = await counted(session, BRACELETS, who, true(), Bracelet.child_id.is_not(None))
    return [
        Card(
            key="bracelets.worn",
            zh="手环佩戴率",
            en="Bracelets worn",
            definition_zh="已绑定的手环 ÷ 已发放的手环",
            definition_en="bound bracelets ÷ issued bracelets",
            unit="%",
            source="bracelets",
            at=moment,
            value=percent(worn, issued),
            numerator=str(worn),
            denominator=str(issued),
            rows="/api/bracelets/bracelets",
        )
    ]
