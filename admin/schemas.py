"""What the registry's routes take and give, as JSON. Ids are UUIDs, times are UTC with an offset."""

from datetime import date, datetime
from typing import Annotated, Any, Generic, Literal, TypeVar
from uuid import UUID

from pydantic import BaseModel, ConfigDict, StringConstraints

from admin.rights import Role, Standing
from admin.tree import Tier

Item = TypeVar("Item")
RoomKind = Literal["sending", "interactive", "listening"]
DeviceKind = Literal["screen", "host"]
"""A room's screen, which shows and sends its lessons; a recording host (录播主机), which sends its room's cameras."""
Language = Literal["zh", "en"]
Code = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=40, pattern=r"^[^\x00]*$")]
Secret = Annotated[str, StringConstraints(min_length=1, max_length=200)]


class Given(BaseModel):
    """A body that a client sends: an unknown field is a mistake and is named, never ignored."""

    model_config = ConfigDict(extra="forbid")


class Page(BaseModel, Generic[Item]):
    items: list[Item]
    total: int
    next: str | None
    """Send it back as `after` to get the next page; null on the last."""


class Named(BaseModel):
    id: UUID
    name: str


class NamedPlace(Named):
    name_en: str


class Place(NamedPlace):
    tier: Tier


class RegionOut(BaseModel):
    code: str
    name: str
    name_en: str
    level: Literal["province", "prefecture", "county", "zone"]
    parent_code: str | None
    valid_from: date | None
    valid_to: date | None
    successor: str | None
    national: bool
    """False for a local code, which GB/T 2260 does not know."""


class OrganisationOut(Place):
    parent: NamedPlace | None
    region_code: str | None
    identification: str | None
    model_school: bool


class SchoolOut(Place):
    identification: str | None
    hung_under: NamedPlace | None
    """The centre school of a teaching point, which has no code of its own."""
    county: NamedPlace | None
    township: NamedPlace | None
    model_school: bool
    model_from: date | None
    model_to: date | None
    rooms: int
    version: int


class SchoolHere(NamedPlace):
    county: str | None
    county_en: str | None


class RoomOut(Named):
    key: str
    kind: RoomKind
    school: SchoolHere
    devices: int
    version: int


class RoleOut(BaseModel):
    role: Role
    organisation: Place


class PersonOut(Named):
    username: str | None
    roles: list[RoleOut]
    version: int


class RoomHere(Named):
    kind: RoomKind
    school: NamedPlace


class PersonHere(PersonOut):
    """Who is signed in. `room` is set for a paired device and for an account bound to a room."""

    room: RoomHere | None
    language: Language
    lent: list["LentRole"]
    """Roles that somebody has lent to the person, as of now."""


class LentRole(RoleOut):
    until: datetime
    by: str


class PasswordSignIn(Given):
    username: Code
    password: Secret
    code: Secret | None = None
    """Of the second factor, where the person has one: six digits, or a recovery code."""


class PupilSignIn(Given):
    class_code: Code
    name: Code
    pin: Secret


class DeviceSignIn(Given):
    device_key: Secret


class ServiceSignIn(Given):
    """A process of the house, such as the recorder."""

    service_key: Annotated[str, StringConstraints(min_length=1, max_length=1000)]


class SessionOut(BaseModel):
    access_token: str
    person: PersonHere
    expires_at: datetime
    standing: Standing


class PairingOut(BaseModel):
    id: UUID
    code: str
    secret: str
    expires_at: datetime


class PairingNew(Given):
    kind: DeviceKind = "screen"


class PairingState(BaseModel):
    state: Literal["waiting", "claimed"]
    kind: DeviceKind
    device_key: str | None
    """Given once, to the first look after the claim."""
    room: RoomHere | None


class PairingClaim(Given):
    code: Annotated[str, StringConstraints(strip_whitespace=True, pattern=r"^[0-9]{6}$")]
    room_id: UUID


class DeviceOut(BaseModel):
    id: UUID
    kind: DeviceKind
    room: RoomHere
    paired_at: datetime
    paired_by: Named
    last_seen_at: datetime | None
    told: dict[str, Any] | None
    """What it last told of itself: software, line and sound (admin/devices)."""
    told_at: datetime | None
