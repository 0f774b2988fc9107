"""What a school may keep in the library, in bytes. Refused and foreign resources cost nothing."""

from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from admin.models import Organisation
from core.errors import TooLarge
from core.settings import LibrarySettings, load
from resources.models import Quota, Resource

GB = 1024**3


async def used(session: AsyncSession, organisation: UUID) -> int:
    """What is announced counts from the first moment, so that two uploads at once cannot both fit into the rest."""
    total = select(func.coalesce(func.sum(Resource.bytes), 0))
    counted = total.where(Resource.provider_id == organisation, Resource.stage != "refused")
    return int(await session.scalar(counted) or 0)


async def allowed(session: AsyncSession, organisation: UUID) -> int:
    own = await session.scalar(select(Quota.bytes).where(Quota.organisation_id == organisation))
    return load(LibrarySettings).library_quota if own is None else own


async def must_fit(session: AsyncSession, school: Organisation, size: int) -> None:
    """Holds the school's row until the transaction ends. Raises TooLarge."""
    await session.execute(select(Organisation.id).where(Organisation.id == school.id).with_for_update())
    taken, most = await used(session, school.id), await allowed(session, school.id)
    if taken + size <= most:
        return
    zh = f"{school.name_zh}的资源空间是 {_gb(most)}，已用 {_gb(taken)}，放不下这个文件（{_gb(size)}）。"
    zh += "请删去旧的，或请上级加大空间。"
    en = f"{school.name_en} may keep {_gb(most)} and has used {_gb(taken)}; this file has {_gb(size)}. "
    en += "Remove old files or ask for more."
    raise TooLarge("quota-exceeded", zh=zh, en=en, quota=most, used=taken, size=size)


def _gb(size: int) -> str:
    return f"{size / GB:.2f} GB"
