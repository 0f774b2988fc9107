"""Deadlines in working days and in working time: the bureau's own days first, then the state's table (make-up Saturdays
work, holidays do not). A year that neither knows counts by weekdays, and the answer says that it is not certain."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import chinese_calendar
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from admin.models import BureauDay

MOST_DAYS = 1000
HERE = ZoneInfo("Asia/Shanghai")
OPENS, CLOSES = time(8, 30), time(17, 30)
"""Of offices, on working days."""


def local_day(moment: datetime) -> date:
    """The day on the prefecture's clock."""
    return moment.astimezone(HERE).date()


@dataclass(frozen=True)
class Deadline:
    day: date
    certain: bool
    """False when a year on the way has no published calendar yet."""


@dataclass(frozen=True)
class Calendar:
    declared: Mapping[date, bool] = field(default_factory=dict)

    def works(self, day: date) -> tuple[bool, bool]:
        """Whether the day is a working day, and whether that is certain."""
        if day in self.declared:
            return self.declared[day], True
        try:
            return bool(chinese_calendar.is_workday(day)), True
        except NotImplementedError:
            return day.weekday() < 5, False

    def after(self, day: date, working_days: int) -> Deadline:
        """The day on which so many working days after `day` have passed."""
        if not 0 <= working_days <= MOST_DAYS:
            raise ValueError("working days out of bounds")
        certain = True
        while working_days:
            day += timedelta(days=1)
            works, known = self.works(day)
            working_days -= works
            certain = certain and known
        return Deadline(day, certain)

    def later(self, moment: datetime, span: timedelta) -> datetime:
        """The moment when so much working time has passed. Nights and days off stand still; raises ValueError where
        MOST_DAYS do not suffice."""
        at, first = moment.astimezone(HERE), local_day(moment)
        for day in (first + timedelta(days=ahead) for ahead in range(MOST_DAYS)):
            if self.works(day)[0]:
                begins = max(at, datetime.combine(day, OPENS, HERE))
                left = datetime.combine(day, CLOSES, HERE) - begins
                if span <= left:
                    return (begins + span).astimezone(UTC)
                span -= max(left, timedelta())
        raise ValueError("working time out of bounds")

    def between(self, today: date, due: date) -> int:
        """Working days from tomorrow to the due day; none when it has passed. Counts no further than MOST_DAYS."""
        days = min((due - today).days, MOST_DAYS)
        return sum(self.works(today + timedelta(days=ahead))[0] for ahead in range(1, days + 1))


async def calendar(session: AsyncSession) -> Calendar:
    days = await session.scalars(select(BureauDay))
    return Calendar({day.day: day.working for day in days})
