"""An invented child with a bracelet in 兴义市, its guardian's consent, and a fence around the home."""

from datetime import date, time
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from admin import seed
from admin.children.families import WORDING
from admin.children.models import Consent, Guardianship, Minor
from admin.companions.bracelets.models import Bracelet, Child, Fence
from admin.models import Assignment, Person
from core.clock import now

NUMBER = "QXN-000001"
CHILD = "王小山"
HOME = (25.0297, 104.8921)
"""By 万峰林; a made point, no real house."""


async def load(session: AsyncSession) -> None:
    child = seed.id_of("child", CHILD)
    born = date(now().year - 8, 1, 15)
    person, guardian = await _family(session, born)
    known = {"name": CHILD, "born": born, "guardian_id": guardian, "person_id": person}
    await seed.add(session, Child, [_kept("child", CHILD, **known)])
    await seed.add(session, Bracelet, [_kept("bracelet", NUMBER, number=NUMBER, child_id=child)])
    fence: dict[str, Any] = {
        "id": seed.id_of("fence", CHILD),
        "child_id": child,
        "kind": "home",
        "name": "下纳灰村家里",
    }
    fence |= {"lat": HOME[0], "lon": HOME[1], "radius": 150, "begins": time(18, 0), "ends": time(23, 0)}
    await seed.add(session, Fence, [fence])


async def _family(session: AsyncSession, born: date) -> tuple[UUID, UUID]:
    """The child as a person, and the guardian, who has consented."""
    person, guardian = seed.person(CHILD), seed.person("guardian")
    pair = {"child_id": person, "guardian_id": guardian}
    role = {"person_id": person, "role": "student", "organisation_id": seed.place("xingyi")}
    confirmed = pair | {"relation": "监护人", "confirmed_by": seed.person("police"), "since": now()}
    given = pair | {"purpose": "bracelet", "wording": WORDING, "given_at": now()}
    await seed.add(session, Person, [{"id": person, "name": CHILD, "language": "zh", "demo": True}])
    await seed.add(session, Assignment, [{"id": seed.id_of("role", CHILD)} | role])
    await seed.add(session, Minor, [{"person_id": person, "born": born}])
    await seed.add(session, Guardianship, [{"id": seed.id_of("guardianship", str(person))} | confirmed])
    await seed.add(session, Consent, [{"id": seed.id_of("consent", CHILD)} | given])
    return person, guardian


def _kept(noun: str, key: str, **values: Any) -> dict[str, Any]:
    own = {"id": seed.id_of(noun, key), "place_id": seed.place("xingyi"), "version": 1}
    return own | {"created_by": seed.person("police"), "created_at": now()} | values
