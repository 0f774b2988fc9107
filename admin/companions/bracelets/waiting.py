"""What of the bracelets waits for police and guardians on the start page."""

from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from admin.children import families
from admin.companions.bracelets.actions import FRESH
from admin.companions.bracelets.models import Alert, Child, SearchCase
from admin.companions.bracelets.registers import CASES
from admin.companions.bracelets.reports import cards
from admin.companions.shape.cards import figure
from admin.companions.shape.counting import counted
from admin.start.waiting import Found, Source, Waiting
from admin.who import Actor


async def for_police(session: AsyncSession, who: Actor, moment: datetime) -> Found:
    running = SearchCase.state == "open"
    over = running & (SearchCase.expires_at <= moment)
    cases, expired = await counted(session, CASES, who, running, over)
    zh, en, page = "查找没有结案", "searches to close", "/affairs/bracelets/cases?where=state:open"
    return Found(
        waiting=[Waiting(key="bracelets.cases", zh=zh, en=en, count=cases, page=page, late=bool(expired))],
        figures=[figure(card) for card in await cards(session, who, moment)],
    )


async def for_guardian(session: AsyncSession, who: Actor, moment: datetime) -> Found:
    own = families.is_guard(who.id, Child.person_id)
    raised = select(func.count()).select_from(Alert).join(Child, Child.id == Alert.child_id)
    asked = select(func.count(Child.id)).where(own, ~families.agreed("bracelet", Child.person_id))
    alerts = await session.scalar(raised.where(own, Alert.at > moment - FRESH)) or 0
    zh, en, page = "孩子一天内的提醒", "alerts about your child in the last day", "/affairs/bracelets/own"
    consent, consent_en = "等您决定是否同意记录位置", "waiting for your consent"
    return Found(
        waiting=[
            Waiting(key="bracelets.alerts", zh=zh, en=en, count=alerts, page=f"{page}?only=alerts", late=True),
            Waiting(
                key="bracelets.consent",
                zh=consent,
                en=consent_en,
                count=await session.scalar(asked) or 0,
                page=f"{page}?only=asked",
            ),
        ]
    )


POLICE = Source(("bracelets.search",), for_police)
GUARDIAN = Source(("bracelets.own",), for_guardian)
