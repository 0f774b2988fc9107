"""What every change of the registry has in common: the version that the editor saw, and what is taken already."""

from collections.abc import Mapping
from typing import Any, Protocol

from pydantic import BaseModel
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from core.errors import Conflict

UNIQUE = "23505"
"""PostgreSQL's unique_violation."""
TAKEN: Mapping[str, tuple[str, str, str]] = {
    "uq_organisations_identification": (
        "identification-taken",
        "这个标识码已经属于另一所学校，请核对。",
        "Another school has this identification code; check it.",
    ),
    "uq_rooms_school_id_name": (
        "room-name-taken",
        "这所学校已有同名的教室，请换一个名称。",
        "The school has a room of this name; choose another.",
    ),
    "uq_rooms_key": (
        "room-key-taken",
        "这个编号已经用在另一间教室，请换一个。",
        "Another room has this mark; choose another.",
    ),
    "uq_people_username": (
        "username-taken",
        "这个用户名已有人用，请换一个。",
        "The user name is taken; choose another.",
    ),
}


class Versioned(Protocol):
    version: Any


def take_turn(row: Versioned, sent: BaseModel, theirs: BaseModel) -> None:
    """Raises Conflict with both versions when somebody else was first; else the row's version moves on."""
    if getattr(sent, "version", None) != row.version:
        zh = "您打开以后，别人改过这一项。请对照两份内容，再改一次。"
        en = "Somebody changed this after you opened it. Compare both and change it again."
        yours = sent.model_dump(mode="json", exclude={"password"}, exclude_unset=True)
        raise Conflict("changed-meanwhile", zh=zh, en=en, yours=yours, theirs=theirs.model_dump(mode="json"))
    row.version += 1


def put(row: Any, names: Mapping[str, Any]) -> dict[str, Any]:
    """Sets the attributes; gives back what they were, for the audit."""
    before = {name: getattr(row, name) for name in names}
    for name, value in names.items():
        setattr(row, name, value)
    return before


async def write(session: AsyncSession, *rows: object) -> None:
    """Flushes; what the database holds to be unique already becomes words. Raises Conflict."""
    try:
        async with session.begin_nested():
            session.add_all(rows)
            await session.flush()
    except IntegrityError as error:
        raise _taken(error) from None


def _taken(error: IntegrityError) -> Exception:
    diagnosis = getattr(error.orig, "diag", None)
    words = TAKEN.get(getattr(diagnosis, "constraint_name", None) or "")
    if getattr(error.orig, "sqlstate", "") != UNIQUE or words is None:
        return error
    code, zh, en = words
    return Conflict(code, zh=zh, en=en)
