"""The accounts of the house's own processes. Each is made when its process first signs in with its service key."""

from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from admin import seed
from admin.models import Assignment, Organisation, Person
from core import service_keys
from core.clock import timestamp
from core.connections import Connections
from core.service_keys import Service
from core.tickets import TicketVerifier

NAMES: dict[Service, str] = {"recorder": "录制服务"}


async def account(session: AsyncSession, ground: Connections, service_key: str) -> UUID:
    """Whose key it is. It holds the role of its name at every top place. Raises NotSignedIn."""
    verifier = TicketVerifier(ground.signer.public_key)
    service = service_keys.verify(verifier, service_key, timestamp()).service
    own = seed.id_of("service", service)
    await _add(session, Person, {"id": own, "name": NAMES[service], "language": "zh", "version": 1})
    for place in (await session.scalars(select(Organisation.id).where(Organisation.parent_id.is_(None)))).all():
        role = {"id": seed.id_of("service-role", f"{service}:{place}"), "person_id": own}
        await _add(session, Assignment, role | {"role": service, "organisation_id": place})
    return own


async def _add(session: AsyncSession, table: Any, values: dict[str, Any]) -> None:
    await session.execute(insert(table).values(values).on_conflict_do_nothing())
