"""What beat starts again and again; songjiao.JOBS says how often."""

from sqlalchemy.ext.asyncio import AsyncSession

from admin.notices.channels import channels
from admin.notices.outbox import send_next
from core.clock import now
from core.connections import Connections
from core.jobs import task
from core.settings import NoticeSettings, load

MOST = 500
"""Of one run: the next one goes on."""


@task
async def send_notices(session: AsyncSession, ground: Connections) -> None:
    """Each message is a transaction of its own, so that one that hangs or fails undoes no other."""
    ways = channels(load(NoticeSettings))
    for _ in range(MOST):
        async with ground.transaction() as own:
            if not await send_next(own, ways, now()):
                return
