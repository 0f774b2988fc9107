"""Invented items of an invented list."""

from datetime import timedelta
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from admin import seed
from admin.companions.lists.models import ListItem
from admin.working_days import local_day
from core.clock import now

LIST = "送教覆盖年度清单"
ITEMS = (
    ("qinglong", "晴隆县教学点听课教室全部接通", "bureau-qinglong", 20),
    ("puan", "普安县中心校直录播教室补齐两间", "hejianguo", 2),
    ("qxn", "全州教学点开齐音乐、美术", "bureau", 60),
)


async def load(session: AsyncSession) -> None:
    await seed.add(session, ListItem, [_item(*line) for line in ITEMS])


def _item(place: str, title: str, owner: str, days: int) -> dict[str, Any]:
    moment = now()
    today = local_day(moment)
    return {
        "id": seed.id_of("list-item", title),
        "place_id": seed.place(place),
        "version": 1,
        "created_by": seed.person("bureau"),
        "created_at": moment,
        "programme": LIST,
        "title": title,
        "route": "摸底 → 采购 → 安装 → 试课 → 验收",
        "starts": today - timedelta(days=10),
        "due": today + timedelta(days=days),
        "owner_id": seed.person(owner),
        "state": "open",
    }
