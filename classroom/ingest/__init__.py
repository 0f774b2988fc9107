"""Existing classroom equipment (RTSP cameras, RTMP boxes) as publications."""

from classroom.ingest.plan import CannotSend
from classroom.ingest.session import publish, run

__all__ = ["CannotSend", "publish", "run"]
