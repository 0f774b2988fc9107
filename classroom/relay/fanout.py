"""The fan-out seam; filled in below."""

from __future__ import annotations

from typing import Protocol


class Fanout(Protocol):
    """Made once a process: `classroom.relay.fanout.choose(counters)`."""
