from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from admin.schemas import Given

Short = Annotated[str, StringConstraints(max_length=80, pattern=r"^[^\x00]*$")]
Figure = Annotated[float, Field(ge=0, le=10_000_000, allow_inf_nan=False)]
Verdict = Literal["ok", "weak", "down"]


class Check(Given):
    """One line of a self-test: what was measured, and what it means."""

    name: Literal[
        "down", "up", "loss", "rtt", "udp", "relay", "symmetry", "speaker", "microphone", "camera", "disk", "clock"
    ]
    verdict: Verdict
    value: Figure | None = None
    """kbit/s, per cent, ms, pictures a second, or megabytes free."""


class DeviceTold(Given):
    """What a box tells of itself, at its start and after each self-test."""

    software: Short
    browser: Annotated[str, StringConstraints(max_length=300, pattern=r"^[^\x00]*$")] = ""
    checks: Annotated[list[Check], Field(max_length=10)] = []
