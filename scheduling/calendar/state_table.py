"""The state's holidays and make-up days, from the package `chinesecalendar`: the only file here that imports it."""

from datetime import date

import chinese_calendar


def worked(day: date) -> bool | None:
    """Whether the day is worked; None for a year that the package does not know."""
    try:
        return bool(chinese_calendar.is_workday(day))
    except NotImplementedError:
        return None
