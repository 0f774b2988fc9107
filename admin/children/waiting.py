"""What waits for a keeper of minors' files: reports for help, guardians' requests."""

from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from admin.children import families
from admin.children.models import AbuseReport, ChildRequest
from admin.models import Organisation, Person
from admin.registry import inside
from admin.start.waiting import Found, Source, Waiting
from admin.who import Actor


async def waiting(session: AsyncSession, who: Actor, moment: datetime) -> Found:
    help_wanted = select(func.count(), func.count().filter(AbuseReport.due_at <= moment))
    help_wanted = help_wanted.select_from(AbuseReport).join(Organisation).where(AbuseReport.taken_at.is_(None))
    reports, late_reports = (await session.execute(help_wanted.where(inside(who.places("reports.keep"))))).one()
    asked = select(func.count(), func.count().filter(ChildRequest.due_at <= moment)).select_from(ChildRequest)
    asked = asked.join(Person, Person.id == ChildRequest.child_id).where(ChildRequest.done_at.is_(None))
    requests, late = (await session.execute(asked.where(families.within(who, "children.keep")))).one()
    zh, en = "求助等人接", "reports for help to take"
    return Found(
        waiting=[
            Waiting(
                key="reports.open", zh=zh, en=en, count=reports, page="/help?state=waiting", late=bool(late_reports)
            ),
            Waiting(
                key="children.requests",
                zh="监护人的申请要答复",
                en="guardians' requests to answer",
                count=requests,
                page="/children?requests=1",
                late=bool(late),
            ),
        ]
    )


SOURCE = Source(("children.keep",), waiting)
