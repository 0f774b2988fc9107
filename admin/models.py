"""The registry's tables. Who may read which row is in rights.py and who.py; migration 0002 makes the tables."""

from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import (
    JSON,
    BigInteger,
    Date,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    SmallInteger,
    String,
    UniqueConstraint,
    false,
    text,
)
from sqlalchemy.dialects.postgresql import ENUM, ExcludeConstraint
from sqlalchemy.orm import Mapped, mapped_column

from admin.rights import ROLES, Role, Standing
from admin.schemas import DeviceKind, Language, RoomKind
from admin.tree import TIERS, Tier
from core.database import Base, Moment
from core.ids import new_id

tier_type = ENUM(*TIERS, name="tier", create_type=False)
room_kind_type = ENUM("sending", "interactive", "listening", name="room_kind", create_type=False)
role_type = ENUM(*ROLES, name="role", create_type=False)

THIS_SCHOOL_YEAR = "EXTRACT(year FROM CURRENT_DATE - interval '8 months')"
"""As PostgreSQL says it: a school year begins on the first of September."""


class Region(Base):
    """One code of a region and the time in which it was valid: `valid_from` ≤ day < `valid_to`."""

    __tablename__ = "regions"

    code: Mapped[str] = mapped_column(String(12), primary_key=True)
    name: Mapped[str]
    name_en: Mapped[str]
    level: Mapped[str]
    parent_code: Mapped[str | None] = mapped_column(ForeignKey("regions.code"))
    valid_from: Mapped[date | None] = mapped_column(Date)
    valid_to: Mapped[date | None] = mapped_column(Date)
    successor: Mapped[str | None] = mapped_column(ForeignKey("regions.code", deferrable=True, initially="DEFERRED"))
    national: Mapped[bool]


class Organisation(Base):
    __tablename__ = "organisations"
    __table_args__ = (
        Index("ix_organisations_path", "path", postgresql_ops={"path": "text_pattern_ops"}, unique=True),
        Index("ix_organisations_tier_name", "tier", "name_zh", "id"),
        Index("ix_organisations_name", "name_zh", "id"),
        Index("ix_organisations_words", "name_zh", postgresql_using="gin", postgresql_ops={"name_zh": "gin_trgm_ops"}),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    parent_id: Mapped[UUID | None] = mapped_column(ForeignKey("organisations.id"), index=True)
    county_id: Mapped[UUID | None] = mapped_column(ForeignKey("organisations.id"), index=True)
    """The county (or zone) that this place lies in; a county's own id; null above."""
    tier: Mapped[Tier] = mapped_column(tier_type)
    name_zh: Mapped[str] = mapped_column(String(80))
    name_en: Mapped[str] = mapped_column(String(120))
    region_code: Mapped[str | None] = mapped_column(ForeignKey("regions.code"))
    identification: Mapped[str | None] = mapped_column(String(10), unique=True)
    path: Mapped[str]
    model_from: Mapped[date | None] = mapped_column(Date)
    model_to: Mapped[date | None] = mapped_column(Date)
    since: Mapped[date | None] = mapped_column(Date)
    """From which day the row is as it stands; what it was before is in organisation_states. Null: ever since."""
    ended: Mapped[date | None] = mapped_column(Date)
    """The first day on which the place is no more."""
    successor_id: Mapped[UUID | None] = mapped_column(ForeignKey("organisations.id"))
    first_grade: Mapped[int | None] = mapped_column(SmallInteger)
    last_grade: Mapped[int | None] = mapped_column(SmallInteger)
    """Of a school; null: by its identification code (admin/roster/grades.py)."""
    version: Mapped[int] = mapped_column(default=1, server_default="1")
    """Moves on with each change by hand."""


class Room(Base):
    __tablename__ = "rooms"
    __table_args__ = (
        UniqueConstraint("school_id", "name"),
        Index("ix_rooms_kind_key", "kind", "key"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    school_id: Mapped[UUID] = mapped_column(ForeignKey("organisations.id"))
    name: Mapped[str] = mapped_column(String(80))
    kind: Mapped[RoomKind] = mapped_column(room_kind_type)
    key: Mapped[str] = mapped_column(String(24), unique=True)
    """A short mark for cables, logs and the telephone, by which lists are sorted; no secret."""
    version: Mapped[int] = mapped_column(default=1, server_default="1")


class NamesVersion(Base):
    """One row: how often a place or room of the registry has changed its name, kind or place. What is told of them may
    be kept under this number: a trigger counts at the end of each transaction that changes one (migration 0022)."""

    __tablename__ = "names_version"

    version: Mapped[int] = mapped_column(BigInteger, primary_key=True)


class Person(Base):
    """Someone who signs in: people, pupils, and the boxes in rooms, which are accounts like any other."""

    __tablename__ = "people"
    __table_args__ = (
        Index("ix_people_name", "name", "id"),
        Index("ix_people_words", "name", postgresql_using="gin", postgresql_ops={"name": "gin_trgm_ops"}),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    username: Mapped[str | None] = mapped_column(String(40), unique=True)
    """Lower case."""
    name: Mapped[str] = mapped_column(String(80))
    password: Mapped[str | None]
    """Argon2; null: cannot sign in with a password."""
    language: Mapped[Language] = mapped_column(String(2), default="zh")
    room_id: Mapped[UUID | None] = mapped_column(ForeignKey("rooms.id"), index=True)
    disabled_at: Mapped[Moment | None]
    demo: Mapped[bool] = mapped_column(default=False, server_default=false())
    """Of the demo, where everybody knows the password: the second factor is optional."""
    version: Mapped[int] = mapped_column(default=1, server_default="1")


class Assignment(Base):
    """A role that a person holds at a place, and so below it. The database refuses one of the separated offices beside
    any other role (`roles_separate`, migration 0011)."""

    __tablename__ = "roles"
    __table_args__ = (UniqueConstraint("person_id", "role", "organisation_id"), Index("ix_roles_role", "role"))

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    person_id: Mapped[UUID] = mapped_column(ForeignKey("people.id", ondelete="CASCADE"))
    role: Mapped[Role] = mapped_column(role_type)
    organisation_id: Mapped[UUID] = mapped_column(ForeignKey("organisations.id"), index=True)


class Delegation(Base):
    """A role that somebody lends to somebody until a day. Ends by itself."""

    __tablename__ = "delegations"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    person_id: Mapped[UUID] = mapped_column(ForeignKey("people.id", ondelete="CASCADE"), index=True)
    role: Mapped[Role] = mapped_column(role_type)
    organisation_id: Mapped[UUID] = mapped_column(ForeignKey("organisations.id"), index=True)
    given_by: Mapped[UUID] = mapped_column(ForeignKey("people.id"), index=True)
    starts_at: Mapped[Moment]
    ends_at: Mapped[Moment]
    revoked_at: Mapped[Moment | None]
    reason: Mapped[str] = mapped_column(String(200))
    created_at: Mapped[Moment]


class SchoolClass(Base):
    __tablename__ = "classes"
    __table_args__ = (
        ExcludeConstraint(
            ("school_id", "="),
            ("name", "="),
            where=text("ended IS NULL"),
            using="gist",
            name="ex_classes_name",
        ),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    school_id: Mapped[UUID] = mapped_column(ForeignKey("organisations.id"), index=True)
    room_id: Mapped[UUID | None] = mapped_column(ForeignKey("rooms.id"), index=True)
    name: Mapped[str] = mapped_column(String(40))
    grade: Mapped[int] = mapped_column(Integer)
    code: Mapped[str] = mapped_column(String(12), unique=True)
    """What the pupils type with their name."""
    school_year: Mapped[int] = mapped_column(SmallInteger, server_default=text(THIS_SCHOOL_YEAR))
    """The school year in which the grade holds: 2026 is September 2026 to August 2027."""
    ended: Mapped[date | None] = mapped_column(Date)
    version: Mapped[int] = mapped_column(default=1, server_default="1")


class Pupil(Base):
    """A person in a class, who signs in with the class's code, the own name and a PIN; no number of any kind."""

    __tablename__ = "pupils"
    __table_args__ = (UniqueConstraint("class_id", "name"),)

    person_id: Mapped[UUID] = mapped_column(ForeignKey("people.id", ondelete="CASCADE"), primary_key=True)
    class_id: Mapped[UUID | None] = mapped_column(ForeignKey("classes.id"), index=True)
    """Null: has left."""
    name: Mapped[str] = mapped_column(String(40))
    """What the pupil types; of two of one name in a class the second is typed with a figure behind."""
    pin: Mapped[str | None]
    """Null: none was given yet."""


class SignIn(Base):
    """A session. The token itself is only with the client; here is its SHA-256."""

    __tablename__ = "sessions"

    token: Mapped[bytes] = mapped_column(LargeBinary, primary_key=True)
    id: Mapped[UUID] = mapped_column(unique=True, default=new_id, server_default=text("gen_random_uuid()"))
    """By which it is listed and ended; opens nothing."""
    standing: Mapped[Standing] = mapped_column(String(8), default="full", server_default="full")
    address: Mapped[str | None] = mapped_column(String(64))
    agent: Mapped[str | None] = mapped_column(String(160))
    """The browser's own words (User-Agent)."""
    person_id: Mapped[UUID] = mapped_column(ForeignKey("people.id", ondelete="CASCADE"), index=True)
    device_id: Mapped[UUID | None] = mapped_column(ForeignKey("devices.id", ondelete="CASCADE"), index=True)
    created_at: Mapped[Moment]
    expires_at: Mapped[Moment] = mapped_column(index=True)


class SignInFailures(Base):
    """Wrong tries at one door, counted whether or not the account exists, so that the answer tells nothing."""

    __tablename__ = "sign_in_failures"

    door: Mapped[bytes] = mapped_column(LargeBinary, primary_key=True)
    """SHA-256 of what was typed: the user name, or the class code and name."""
    failures: Mapped[int]
    last_at: Mapped[Moment] = mapped_column(index=True)
    locked_until: Mapped[Moment | None]


class Device(Base):
    """A box in a room, paired once. Its key is only with the box; here is its SHA-256."""

    __tablename__ = "devices"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    kind: Mapped[DeviceKind] = mapped_column(String(8), server_default="screen")
    key: Mapped[bytes] = mapped_column(LargeBinary, unique=True)
    room_id: Mapped[UUID] = mapped_column(ForeignKey("rooms.id"), index=True)
    person_id: Mapped[UUID] = mapped_column(ForeignKey("people.id"))
    paired_by: Mapped[UUID] = mapped_column(ForeignKey("people.id"))
    paired_at: Mapped[Moment]
    last_seen_at: Mapped[Moment | None]
    revoked_at: Mapped[Moment | None]
    told: Mapped[dict[str, Any] | None] = mapped_column(JSON)
    """What the box last told of itself: its software and its self-test (schemas.DeviceTold)."""
    told_at: Mapped[Moment | None]


class Pairing(Base):
    """A box that shows a code and waits for someone to type it in."""

    __tablename__ = "pairings"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    kind: Mapped[DeviceKind] = mapped_column(String(8), server_default="screen")
    code: Mapped[str] = mapped_column(String(6), unique=True)
    secret: Mapped[bytes] = mapped_column(LargeBinary)
    created_at: Mapped[Moment]
    expires_at: Mapped[Moment] = mapped_column(index=True)
    room_id: Mapped[UUID | None] = mapped_column(ForeignKey("rooms.id"))
    claimed_by: Mapped[UUID | None] = mapped_column(ForeignKey("people.id"))
    collected_at: Mapped[Moment | None]
    """When the box took its key, which is made at that moment: once."""


class BureauDay(Base):
    """A day that the bureau has declared working or free; it prevails over the state's table."""

    __tablename__ = "bureau_days"

    day: Mapped[date] = mapped_column(Date, primary_key=True)
    working: Mapped[bool]
    note: Mapped[str] = mapped_column(String(120))
