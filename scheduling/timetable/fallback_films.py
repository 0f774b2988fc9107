"""The film that the plan names for a class, in the lesson itself: its room plays it when the line fails or nobody
teaches. It is looked up in the plan and not in the published version, so a better one needs no new version."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from sqlalchemy import Select, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession
from starlette.requests import Request

from admin.models import Organisation, Room
from admin.paging import one_of
from admin.schemas import Named
from admin.who import Actor, not_your_place
from classroom.lessons.actions import must_be_open
from classroom.lessons.models import LessonRoom
from classroom.lessons.reading import one_lesson
from core import audit
from core.clock import now
from core.errors import NotFound
from resources.models import Resource
from resources.reach import visible
from scheduling.plan.fallbacks import titles_of
from scheduling.plan.models import Seat
from scheduling.timetable.models import PlayedFallback, PublishedLesson
from scheduling.timetable.published_schemas import FallbackOut, FallbackPlayed


async def of_lesson(session: AsyncSession, who: Actor, lesson_id: UUID) -> list[FallbackOut]:
    """Of the rooms that are the asker's own or at her school, in the lesson's order; none where the library has
    withdrawn it since."""
    await one_lesson(session, who, lesson_id)
    rows = [row for row in await session.execute(_chosen(who, lesson_id)) if _attends(who, row)]
    return [
        FallbackOut(
            room=Named(id=row.room_id, name=row.name),
            film=Named(id=row.resource_id, name=row.title),
            seconds=row.seconds,
            played_at=row.played_at,
        )
        for row in rows
    ]


async def played(
    session: AsyncSession, who: Actor, lesson_id: UUID, body: FallbackPlayed, request: Request
) -> list[FallbackOut]:
    """The room begins its film; the first time counts. Raises NotAllowed for a room that is not the asker's, Conflict
    while the lesson is not open, NotFound where the plan names no film."""
    lesson = await one_lesson(session, who, lesson_id)
    query = select(LessonRoom.room_id, Organisation.path).join(Room, Room.id == LessonRoom.room_id)
    query = query.join(Organisation, Organisation.id == Room.school_id).where(LessonRoom.part == "receiving")
    query = query.where(LessonRoom.lesson_id == lesson_id, LessonRoom.room_id == body.room_id)
    row = (await session.execute(query)).one_or_none()
    if row is None or not _attends(who, row):
        raise not_your_place()
    must_be_open(lesson, now())
    there = [one for one in await of_lesson(session, who, lesson_id) if one.room.id == body.room_id]
    if not there:
        zh, en = "这节课没有给这间教室选备用录像。", "The plan names no fallback recording for this room."
        raise NotFound("fallback-none", zh=zh, en=en)
    begun = {"lesson_id": lesson_id, "room_id": body.room_id, "resource_id": there[0].film.id, "played_at": now()}
    await session.execute(insert(PlayedFallback).values(begun).on_conflict_do_nothing())
    after = {"room_id": str(body.room_id), "resource_id": str(there[0].film.id)}
    await audit.record(session, who.id, "lesson.play-fallback", f"lesson:{lesson_id}", after=after, request=request)
    return await of_lesson(session, who, lesson_id)


async def titles_played(session: AsyncSession, lessons: Iterable[UUID]) -> dict[tuple[UUID, UUID], str]:
    """(lesson, room) → the film's title; empty where the library does not have it any more."""
    query = select(PlayedFallback).where(one_of(PlayedFallback.lesson_id, set(lessons)))
    rows = (await session.scalars(query)).all()
    titles = await titles_of(session, {row.resource_id for row in rows})
    return {(row.lesson_id, row.room_id): titles.get(row.resource_id, "") for row in rows}


def _chosen(who: Actor, lesson_id: UUID) -> Select[*tuple[Any, ...]]:
    film = (Resource.id.label("resource_id"), Resource.title, Resource.seconds)
    query = select(LessonRoom.room_id, Room.name, Organisation.path, *film, PlayedFallback.played_at)
    query = query.select_from(PublishedLesson).join(LessonRoom, LessonRoom.lesson_id == PublishedLesson.lesson_id)
    here = (Seat.course_id == PublishedLesson.course_id) & (Seat.room_id == LessonRoom.room_id)
    query = query.join(Seat, here).join(Resource, Resource.id == Seat.fallback_id)
    query = query.join(Room, Room.id == LessonRoom.room_id).join(Organisation, Organisation.id == Room.school_id)
    begun = (PlayedFallback.lesson_id == LessonRoom.lesson_id) & (PlayedFallback.room_id == LessonRoom.room_id)
    query = query.outerjoin(PlayedFallback, begun)
    query = query.where(PublishedLesson.lesson_id == lesson_id, PublishedLesson.until.is_(None))
    playable = (Resource.review == "published") & (Resource.stage == "playable")
    return query.where(LessonRoom.part == "receiving", playable, visible(who)).order_by(LessonRoom.place)


def _attends(who: Actor, row: Any) -> bool:
    return row.room_id in who.rooms or who.may("lessons.attend", row.path)
