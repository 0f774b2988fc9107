"""What waits for somebody, and her numbers. A package that knows of something says so as a `Source`; the roof brings
them together, so that the start page needs to know none of them."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from pydantic import BaseModel
from sqlalchemy.ext.asyncio import AsyncSession

from admin.rights import Right
from admin.who import Actor


class Waiting(BaseModel):
    key: str
    zh: str
    en: str
    count: int
    page: str
    """The desk's page with what waits."""
    late: bool = False
    """Its time has passed."""


class Figure(BaseModel):
    key: str
    zh: str
    en: str
    value: str
    unit: str
    definition_zh: str
    definition_en: str
    source: str
    """The tables that it is counted from."""
    at: datetime
    numerator: str | None = None
    denominator: str | None = None
    page: str
    """The desk's page with the rows that were counted."""


class Found(BaseModel):
    waiting: list[Waiting] = []
    figures: list[Figure] = []


@dataclass(frozen=True)
class Source:
    """Asked only of those who hold one of the rights; a few statements at most, whatever the number of rows."""

    rights: tuple[Right, ...]
    ask: Callable[[AsyncSession, Actor, datetime], Awaitable[Found]]


async def gathered(sources: Sequence[Source], session: AsyncSession, who: Actor, moment: datetime) -> Found:
    mine = [source for source in sources if any(who.places(right) for right in source.rights)]
    found = [await source.ask(session, who, moment) for source in mine]
    return Found(
        waiting=[one for each in found for one in each.waiting if one.count],
        figures=[one for each in found for one in each.figures],
    )
