"""How long rows are kept that nobody needs any more. One table; a nightly job deletes what is over, and the status page
shows the same table. Sign-ins that have ended go within the hour (classroom/lessons/sweeps.py). The audit log is not in
it: its entries are kept for good, longer than the six months of 网络安全法, article 21."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import structlog
from sqlalchemy import delete
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import InstrumentedAttribute

from admin.auditing.models import AuditCheck
from admin.children.models import AbuseReport, ChildRequest, Consent, Guardianship
from core.clock import now
from core.connections import Connections
from core.jobs import task

log = structlog.get_logger()
YEARS = 365


@dataclass(frozen=True)
class Keeping:
    zh: str
    en: str
    since: InstrumentedAttribute[Any]
    """The moment from which the days count; rows where it is null stay."""
    days: int


KEEPING = (
    Keeping("撤回的同意", "Withdrawn consents", Consent.withdrawn_at, 3 * YEARS),
    Keeping("结束的监护关系", "Ended guardianships", Guardianship.ended_at, 3 * YEARS),
    Keeping("已答复的申请", "Answered requests", ChildRequest.done_at, 3 * YEARS),
    Keeping("已办结的求助", "Closed reports", AbuseReport.closed_at, 3 * YEARS),
    Keeping("审计链的核对", "Checks of the audit chain", AuditCheck.at, 3 * YEARS),
)


async def sweep(session: AsyncSession, moment: datetime) -> dict[str, int]:
    """How many rows of each kind went."""
    gone = {}
    for one in KEEPING:
        table = one.since.class_
        old = delete(table).where(one.since < moment - timedelta(days=one.days))
        gone[one.en] = len((await session.execute(old.returning(one.since))).all())
    return gone


@task
async def sweep_nightly(session: AsyncSession, ground: Connections) -> None:
    log.info("kept_times_over", **await sweep(session, now()))
