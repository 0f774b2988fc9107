"""What the recorder's routes take, as JSON."""

from typing import Annotated

from pydantic import StringConstraints

from admin.schemas import Given

Reason = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200, pattern=r"^[^\x00]*$")]


class Trouble(Given):
    trouble: Reason | None
