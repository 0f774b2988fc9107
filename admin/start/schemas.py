from typing import Annotated

from pydantic import BaseModel, Field, StringConstraints

from admin.schemas import Given, Place

Name = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=80, pattern=r"^[^\x00]*$")]


class EntranceOut(BaseModel):
    place: Place
    name_zh: str
    name_en: str
    version: int
    """0 until somebody has changed the name."""
    changes: bool
    """Whether the asker may change it."""


class EntranceChange(Given):
    version: Annotated[int, Field(ge=0, lt=2**31 - 1)]
    name_zh: Name
    name_en: Name


class PortalOut(BaseModel):
    entrances: list[EntranceOut]
    applications: list[str]
    """Of the catalogue, those that the asker may open."""
