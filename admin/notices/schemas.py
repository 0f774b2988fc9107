from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import BaseModel, Field, StringConstraints

from admin.schemas import Given

ChannelName = Literal["mail", "sms", "wecom", "dingtalk"]
REACHABLE = r"^([^@\s<>\x00-\x1f]+@[^@\s<>\x00-\x1f]+\.[a-zA-Z]{2,}|\+?[0-9]{6,15})$"
Address = Annotated[str, StringConstraints(strip_whitespace=True, max_length=200, pattern=REACHABLE)]
"""A mail address or a mobile number."""


class NoticeOut(BaseModel):
    id: UUID
    subject_zh: str
    subject_en: str
    body_zh: str
    body_en: str
    page: str
    at: datetime
    read: bool


class WaysIn(Given):
    """Empty: only in the app."""

    ways: Annotated[dict[ChannelName, Address], Field(max_length=4)]


class WaysOut(BaseModel):
    ways: dict[str, str]
    offered: list[str]
    """The channels that this house is connected to."""
