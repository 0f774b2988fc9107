"""An invented child with a bracelet in 兴义市, its guardian's consent, and a fence around the home."""

from datetime import date, time
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from admin import seed
from admin.companions.bracelets.models import Bracelet, Child, Consent, Fence
from core.clock import now

NUMBER = "QXN-000001"
CHILD = "王小山"
HOME = (25.0297, 104.8921)
"""By 万峰林; a made point, no real house."""


async def load(session: AsyncSession) -> None:
    child = seed.id_of("child", CHILD)
    born = date(now().year - 8, 1, 15)
    await seed.add(session, Child, [_kept("child", CHILD, name=CHILD, born=born, guardian_id=seed.person("guardian"))])
    given = {"id": seed.id_of("consent", CHILD), "child_id": child, "guardian_id": seed.person("guardian")}
    await seed.add(session, Consent, [given | {"given_at": now(), "withdrawn_at": None}])
    await seed.add(session, Bracelet, [_kept("bracelet", NUMBER, number=NUMBER, child_id=child)])
    fence: dict[str, Any] = {
        "id": seed.id_of("fence", CHILD),
        "child_id": child,
        "kind": "home",
        "name": "下纳灰村家里",
    }
    fence |= {"lat": HOME[0], "lon": HOME[1], "radius": 150, "begins": time(18, 0), "ends": time(23, 0)}
    await seed.add(session, Fence, [fence])


def _kept(noun: str, key: str, **values: Any) -> dict[str, Any]:
    own = {"id": seed.id_of(noun, key), "place_id": seed.place("xingyi"), "version": 1}
    return own | {"created_by": seed.person("police"), "created_at": now()} | values
