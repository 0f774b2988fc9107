"""Logging never stands in the way of what it tells about."""

from contextlib import suppress
from pathlib import Path

import pytest

from core.logs import Lines

FULL = Path("/dev/full")
"""The kernel refuses every byte, as a full disk does."""


def test_a_full_disk_stops_nobody_who_logs() -> None:
    file = FULL.open("w")
    for log in (Lines(file).info, Lines(file).warning, Lines(file).exception, Lines(file).msg):
        log("a line that nobody will read")
    with pytest.raises(OSError, match="No space left"):
        file.flush()
    with suppress(OSError):
        file.close()
