"""The lessons' tables; migration 0003 makes them. Two exclusion constraints forbid that a room or a teacher is in two
lessons at once: they hold whatever the code above them forgets."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, SmallInteger, String, Uuid, text
from sqlalchemy.dialects.postgresql import ARRAY, ENUM, TSTZRANGE, ExcludeConstraint, Range
from sqlalchemy.orm import Mapped, mapped_column

from classroom.lessons.rules import Times
from classroom.lessons.schemas import Kind, Recording, Volume
from core.database import Base, Moment
from core.ids import new_id

kind_type = ENUM("dedicated", "master_teacher", "school_online", name="lesson_kind", create_type=False)
RECORDING = ("none", "teacher", "teacher_board", "teacher_board_rooms")
recording_type = ENUM(*RECORDING, name="recording_policy", create_type=False)
part_type = ENUM("sending", "receiving", name="room_part", create_type=False)
order_type = ENUM("start", "change", "substitute", "end", "shutdown", "delete", name="lesson_order", create_type=False)


class Lesson(Base):
    __tablename__ = "lessons"
    __table_args__ = (
        CheckConstraint("starts_at < ends_at", name="begins_before_it_ends"),
        CheckConstraint("grade BETWEEN 1 AND 12", name="grade"),
        CheckConstraint("volume IN ('上', '下')", name="volume"),
        Index("ix_lessons_starts_at", "starts_at", "id"),
        Index("ix_lessons_over_at", "over_at"),
        Index("ix_lessons_places", "places", postgresql_using="gin"),
        Index("ix_lessons_title_words", "title", postgresql_using="gin", postgresql_ops={"title": "gin_trgm_ops"}),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    title: Mapped[str] = mapped_column(String(120))
    subject: Mapped[str] = mapped_column(String(120))
    grade: Mapped[int] = mapped_column(SmallInteger)
    kind: Mapped[Kind] = mapped_column(kind_type)
    textbook_version: Mapped[str] = mapped_column(String(120))
    volume: Mapped[Volume] = mapped_column(String(1))
    chapter: Mapped[str] = mapped_column(String(120))
    recording: Mapped[Recording] = mapped_column(recording_type)
    starts_at: Mapped[Moment]
    ends_at: Mapped[Moment]
    overrun: Mapped[int] = mapped_column(SmallInteger)
    """Seconds that it may run over; 0 where another follows at once."""
    over_at: Mapped[Moment]
    """From when it counts as ended: rules.Times.over_at, kept here for lists."""
    started_at: Mapped[Moment | None]
    ended_at: Mapped[Moment | None]
    shutdown_at: Mapped[Moment | None]
    shutdown_reason: Mapped[str | None] = mapped_column(String(300))
    shutdown_by: Mapped[UUID | None] = mapped_column(ForeignKey("people.id"))
    teacher_id: Mapped[UUID] = mapped_column(ForeignKey("people.id"), index=True)
    substitute_id: Mapped[UUID | None] = mapped_column(ForeignKey("people.id"), index=True)
    places: Mapped[list[UUID]] = mapped_column(ARRAY(Uuid))
    """Every organisation at or above its rooms: who may see it is one overlap."""
    demo: Mapped[bool] = mapped_column(default=False)
    created_by: Mapped[UUID | None] = mapped_column(ForeignKey("people.id"))
    created_at: Mapped[Moment]

    @property
    def times(self) -> Times:
        return times_of(self)

    @property
    def leaders(self) -> frozenset[UUID]:
        """The lead teacher and, where there is one, her substitute."""
        return frozenset(person for person in (self.teacher_id, self.substitute_id) if person)


class LessonRoom(Base):
    """A room's part in a lesson, and the time in which that keeps it from other lessons."""

    __tablename__ = "lesson_rooms"
    __table_args__ = (
        ExcludeConstraint(("room_id", "="), ("held", "&&"), name="ex_lesson_rooms_twice_at_once", using="gist"),
        Index("uq_lesson_rooms_sending", "lesson_id", unique=True, postgresql_where=text("part = 'sending'")),
        Index("ix_lesson_rooms_room_id", "room_id"),
    )

    lesson_id: Mapped[UUID] = mapped_column(ForeignKey("lessons.id", ondelete="CASCADE"), primary_key=True)
    room_id: Mapped[UUID] = mapped_column(ForeignKey("rooms.id"), primary_key=True)
    part: Mapped[str] = mapped_column(part_type)
    place: Mapped[int] = mapped_column(SmallInteger)
    """The order in which the rooms were chosen; tiles keep it."""
    held: Mapped[Range[datetime]] = mapped_column(TSTZRANGE)


class LessonTeacher(Base):
    """Who teaches, and when: the lead teacher, or the substitute while there is one."""

    __tablename__ = "lesson_teachers"
    __table_args__ = (
        ExcludeConstraint(("person_id", "="), ("held", "&&"), name="ex_lesson_teachers_twice_at_once", using="gist"),
    )

    lesson_id: Mapped[UUID] = mapped_column(ForeignKey("lessons.id", ondelete="CASCADE"), primary_key=True)
    person_id: Mapped[UUID] = mapped_column(ForeignKey("people.id"))
    held: Mapped[Range[datetime]] = mapped_column(TSTZRANGE)


class LessonOrder(Base):
    """What relays, sockets and pages must hear about a lesson, written with the fact and sent after the commit. What
    Valkey did not take is sent again by a sweep: the database is the truth, an order only says "look now"."""

    __tablename__ = "lesson_orders"
    __table_args__ = (Index("ix_lesson_orders_unsent", "created_at", postgresql_where=text("sent_at IS NULL")),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    lesson_id: Mapped[UUID] = mapped_column(index=True)
    kind: Mapped[str] = mapped_column(order_type)
    created_at: Mapped[Moment]
    sent_at: Mapped[Moment | None]


def times_of(row: Any) -> Times:
    """Of a lesson, or of a row with its columns."""
    return Times(
        starts_at=row.starts_at.timestamp(),
        ends_at=row.ends_at.timestamp(),
        started_at=_seconds(row.started_at),
        ended_at=_seconds(row.ended_at),
        shutdown_at=_seconds(row.shutdown_at),
        overrun=float(row.overrun),
    )


def _seconds(moment: datetime | None) -> float | None:
    return moment.timestamp() if moment else None
