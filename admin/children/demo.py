"""The demo's families: each pupil's birthday and guardian, and the guardians' consents."""

from datetime import UTC, date, datetime

from sqlalchemy.ext.asyncio import AsyncSession

from admin import seed
from admin.children.families import WORDING
from admin.children.models import Consent, Guardianship, Minor

FAMILIES = (
    ("student", "parent", date(2017, 4, 12), "母亲"),
    ("520326:岑小燕", "cendayong", date(2017, 9, 3), "父亲"),
    ("520326:罗春生", "luoyonggui", date(2018, 1, 25), "祖父"),
)
SINCE = datetime(2026, 9, 1, 8, tzinfo=UTC)


async def load(session: AsyncSession) -> None:
    """After the people. Loading again changes nothing."""
    born = [{"person_id": seed.person(child), "born": birthday} for child, _, birthday, _ in FAMILIES]
    await seed.add(session, Minor, born)
    pairs = [(seed.person(child), seed.person(guardian), relation) for child, guardian, _, relation in FAMILIES]
    kept = {"confirmed_by": seed.person("bureau-qinglong"), "since": SINCE}
    guardians = [
        kept
        | {"id": seed.id_of("guardianship", str(child)), "child_id": child, "guardian_id": guardian}
        | {"relation": word}
        for child, guardian, word in pairs
    ]
    await seed.add(session, Guardianship, guardians)
    given = {"wording": WORDING, "given_at": SINCE}
    consents = [
        given
        | {"id": seed.id_of("consent", f"{child}:{purpose}"), "purpose": purpose}
        | {"child_id": child, "guardian_id": guardian}
        for child, guardian, _ in pairs
        for purpose in ("live", "recording")
    ]
    await seed.add(session, Consent, consents)
