"""The day on the prefecture's clock, as routes ask for it: in the morning, UTC still has yesterday."""

from datetime import date
from typing import Annotated

from fastapi import Depends

from admin.working_days import local_day
from core.clock import now


def today() -> date:
    return local_day(now())


Today = Annotated[date, Depends(today)]
