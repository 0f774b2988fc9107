"""What the routes that change the registry take. In a change only the fields that are sent change."""

from datetime import date
from typing import Annotated, Literal
from uuid import UUID

from pydantic import AfterValidator, Field, StringConstraints, model_validator

from admin.identification import read
from admin.rights import Role
from admin.schemas import Given, RoomKind

Name = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=80, pattern=r"^[^\x00]*$")]
NameEn = Annotated[str, StringConstraints(strip_whitespace=True, max_length=120, pattern=r"^[^\x00]*$")]
Key = Annotated[str, StringConstraints(strip_whitespace=True, to_upper=True, pattern=r"^[A-Za-z0-9-]{2,24}$")]
Username = Annotated[str, StringConstraints(strip_whitespace=True, to_lower=True, pattern=r"^[A-Za-z0-9._-]{2,40}$")]
Password = Annotated[str, StringConstraints(min_length=10, max_length=200, pattern=r"^[^\x00]*$")]
Identification = Annotated[str, AfterValidator(lambda text: str(read(text)))]
Version = Annotated[int, Field(ge=1, le=2**31 - 1)]
"""As it was when the form was opened."""


class SchoolNew(Given):
    parent_id: UUID
    tier: Literal["school", "teaching_point"] = "school"
    name: Name
    name_en: NameEn = ""
    identification: Identification | None = None
    model_from: date | None = None
    model_to: date | None = None


class SchoolChange(Given):
    version: Version
    name: Name | None = None
    name_en: NameEn | None = None
    identification: Identification | None = None
    model_from: date | None = None
    model_to: date | None = None


class RoomNew(Given):
    school_id: UUID
    name: Name
    kind: RoomKind
    key: Key | None = None
    """Without one the room gets one."""


class RoomChange(Given):
    version: Version
    name: Name | None = None
    kind: RoomKind | None = None


class RoleGiven(Given):
    role: Literal[
        "admin", "bureau", "teacher", "assistant", "hospital", "insurer", "police", "guardian", "gateway"
    ]  # fmt: skip
    organisation_id: UUID

    @property
    def pair(self) -> tuple[Role, UUID]:
        return self.role, self.organisation_id


Roles = Annotated[list[RoleGiven], Field(min_length=1, max_length=20)]


class PersonNew(Given):
    name: Name
    username: Username | None = None
    password: Password | None = None
    roles: Roles

    @model_validator(mode="after")
    def a_password_has_a_name(self) -> "PersonNew":
        if self.password and not self.username:
            raise ValueError("有密码就要有用户名 / a password needs a user name")
        return self


class PersonChange(Given):
    version: Version
    name: Name | None = None
    username: Username | None = None
    password: Password | None = None
    roles: Roles | None = None
    disabled: bool | None = None
