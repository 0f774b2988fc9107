"""Guizhou's day begins eight hours before UTC's: who works at half past seven dates things by it."""

from datetime import UTC, date, datetime

import pytest

from admin import today
from admin.working_days import local_day


@pytest.mark.parametrize(
    ("moment", "day"),
    [
        (datetime(2026, 8, 31, 15, 59, tzinfo=UTC), date(2026, 8, 31)),
        (datetime(2026, 8, 31, 23, 30, tzinfo=UTC), date(2026, 9, 1)),
    ],
)
def test_the_day_is_the_prefectures(moment: datetime, day: date, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(today, "now", lambda: moment)
    assert today.today() == local_day(moment) == day
