"""What readers do: mark favourites, watch (a view and a completion count once for each), write notes."""

from uuid import UUID

from sqlalchemy import delete, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession
from starlette.requests import Request

from admin.children import families, hidden
from admin.models import Person
from admin.schemas import Named, Page
from admin.who import Actor, not_your_place
from core import audit
from core.clock import now
from core.errors import NotFound
from resources import reach
from resources.models import Resource
from resources.reader_models import Favourite, Note, Watching
from resources.reader_schemas import NoteNew, NoteOut

COMPLETED = 0.9
"""So much of a recording watched, or of a document's pages seen, is the whole."""


def is_complete(position: float, seconds: float | None, pages: int | None) -> bool:
    """A picture or a file is complete when it was opened."""
    whole = seconds or pages or 0.0
    return position >= whole * COMPLETED


async def has_space(session: AsyncSession, who: Actor) -> bool:
    """Whether the house may keep what this reader does: of a pupil below fourteen only with the consent to a learning
    space (学习空间)."""
    day = now().astimezone(families.HERE).date()
    return not who.has("student") or await families.is_allowed(session, who.id, "space", day)


async def watch(session: AsyncSession, who: Actor, resource: UUID, position: float) -> None:
    """Counts nothing and keeps nothing of a reader without a space, who may watch all the same."""
    row = await reach.one(session, who, resource)
    if not await has_space(session, who):
        return
    done = is_complete(position, row.seconds, row.pages)
    key = {"resource_id": row.id, "person_id": who.id}
    first = insert(Watching).values(**key, position=position, completed=False, changed_at=now())
    new = await session.scalar(first.on_conflict_do_nothing().returning(Watching.person_id))
    mine = update(Watching).filter_by(**key)
    await session.execute(mine.values(position=position, changed_at=now()))
    ended = mine.where(~Watching.completed).values(completed=True).returning(Watching.person_id)
    fresh = await session.scalar(ended) if done else None
    counted = {
        "views": Resource.views + int(new is not None),
        "completions": Resource.completions + int(fresh is not None),
    }
    if new or fresh:
        await session.execute(update(Resource).where(Resource.id == row.id).values(**counted))


async def mark(session: AsyncSession, who: Actor, resource: UUID, wanted: bool) -> None:
    row = await reach.one(session, who, resource)
    if wanted:
        if who.has("student"):
            await families.must_be_allowed(session, who.id, "space", now())
        new = insert(Favourite).values(person_id=who.id, resource_id=row.id, created_at=now())
        await session.execute(new.on_conflict_do_nothing())
        return
    mine = delete(Favourite).where(Favourite.person_id == who.id, Favourite.resource_id == row.id)
    await session.execute(mine)


async def notes(session: AsyncSession, who: Actor, resource: UUID) -> Page[NoteOut]:
    row = await reach.one(session, who, resource)
    query = select(Note, Person).join(Person, Person.id == Note.person_id).where(Note.resource_id == row.id)
    rows = (await session.execute(query.order_by(Note.at).limit(500))).all()
    items = [_note(note, person.id, person.name) for note, person in rows]
    for item, text in zip(items, await hidden.shown(session, [item.text for item in items]), strict=True):
        item.text = text
    return Page[NoteOut](items=items, total=len(items), next=None)


async def write_note(session: AsyncSession, who: Actor, resource: UUID, body: NoteNew, request: Request) -> NoteOut:
    row = await reach.one(session, who, resource)
    note = Note(resource_id=row.id, person_id=who.id, at=body.at, text=body.text, created_at=now())
    session.add(note)
    await session.flush()
    await audit.record(session, who.id, "note.create", f"resource:{row.id}", request=request)
    return _note(note, who.id, who.name)


async def remove_note(session: AsyncSession, who: Actor, resource: UUID, note_id: UUID, request: Request) -> None:
    """One's own; a reviewer may remove any."""
    row = await reach.one(session, who, resource)
    note = await session.get(Note, note_id)
    if note is None or note.resource_id != row.id:
        raise NotFound("note-unknown", zh="没有这条评课。", en="There is no such note.")
    if note.person_id != who.id and not reach.may_review(who, row):
        raise not_your_place()
    await session.delete(note)
    await audit.record(
        session, who.id, "note.delete", f"resource:{row.id}", before={"text": note.text}, request=request
    )


def _note(note: Note, person: UUID, name: str) -> NoteOut:
    by = Named(id=person, name=name)
    return NoteOut(id=note.id, at=note.at, text=note.text, by=by, created_at=note.created_at)
