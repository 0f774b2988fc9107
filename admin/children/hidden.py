"""The list of words that are masked before display."""

from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncSession
from starlette.requests import Request

from admin.children.models import HiddenWord
from admin.children.schemas import WordOut
from admin.children.words import masked, reading
from admin.paging import Order, page
from admin.schemas import Page
from admin.who import Actor
from core import audit
from core.clock import now
from core.errors import NotFound, NotValid

BY_WORD = Order((HiddenWord.word,))


async def shown(session: AsyncSession, texts: list[str]) -> list[str]:
    """The texts as others may see them. One statement for any number."""
    words = list(await session.scalars(select(HiddenWord.word)))
    return [masked(text, words) for text in texts]


async def listed(session: AsyncSession, after: str | None, limit: int) -> Page[WordOut]:
    rows, total, following = await page(session, select(HiddenWord), BY_WORD, after, limit)
    return Page(items=[WordOut(word=row[0].word, at=row[0].at) for row in rows], total=total, next=following)


async def add(session: AsyncSession, who: Actor, word: str, request: Request) -> WordOut:
    if not reading(word):
        raise NotValid("no-word", zh="要有字母、汉字或数字。", en="It needs letters or figures.")
    row = await session.merge(HiddenWord(word=reading(word)[:40], by=who.id, at=now()))
    await audit.record(session, who.id, "word.hide", "word", after={"word": row.word}, request=request)
    return WordOut(word=row.word, at=row.at)


async def remove(session: AsyncSession, who: Actor, word: str, request: Request) -> None:
    gone = await session.execute(delete(HiddenWord).where(HiddenWord.word == word).returning(HiddenWord.word))
    if gone.first() is None:
        raise NotFound("word-unknown", zh="词表里没有这个词。", en="The word is not in the list.")
    await audit.record(session, who.id, "word.show", "word", after={"word": word}, request=request)
