"""A recording host's self-test: the way to the web, its clock, its disk, its cameras and their sound. Verdicts are
pure; `camera` opens a source, which takes seconds."""

from __future__ import annotations

import math
from array import array
from collections.abc import Sequence
from datetime import datetime
from typing import Any, Literal

Verdict = Literal["ok", "weak", "down"]
Check = dict[str, Any]

RTT_MS = (200.0, 600.0)
CLOCK_MS = (2_000.0, 30_000.0)
"""Beyond the second a ticket counts as not yet good (core.tickets.LEEWAY)."""
FREE_MEGABYTES = (1_000.0, 100.0)
PICTURES = (20.0, 5.0)
"""A second."""
SILENCE_DB = -55.0
"""Of full scale; an open microphone in an empty room lies above it."""
OPEN_SECONDS = 5.0
LISTEN_SECONDS = 2.0


def verdict(value: float, ok: float, weak: float) -> Verdict:
    """`ok` and `weak` are the last values that count so; whether much is good follows from their order."""
    sign = 1 if ok <= weak else -1
    return "ok" if sign * value <= sign * ok else "weak" if sign * value <= sign * weak else "down"


def of_way(seconds: float) -> Check:
    return {"name": "rtt", "verdict": verdict(seconds * 1000, *RTT_MS), "value": round(seconds * 1000, 1)}


def of_clock(told: datetime, own: datetime) -> Check:
    """`told` is the web's Date, whole seconds."""
    off = max(abs((own - told).total_seconds()) - 1.0, 0.0) * 1000
    return {"name": "clock", "verdict": verdict(off, *CLOCK_MS), "value": round(off)}


def of_disk(free: int) -> Check:
    """Of bytes free."""
    megabytes = free // 10**6
    return {"name": "disk", "verdict": verdict(megabytes, *FREE_MEGABYTES), "value": min(megabytes, 10_000_000)}


def of_camera(pictures: float) -> Check:
    """Pictures a second."""
    return {"name": "camera", "verdict": verdict(pictures, *PICTURES), "value": round(pictures, 1)}


def of_sound(loudest: float | None) -> Check:
    """The loudest moment, 0 to 1 of full scale; None: the source has no sound at all."""
    if loudest is None:
        return {"name": "microphone", "verdict": "down"}
    level = 20 * math.log10(loudest) if loudest else -math.inf
    return {"name": "microphone", "verdict": "ok" if level >= SILENCE_DB else "weak"}


def camera(source: str) -> list[Check]:
    """Looks and listens for two seconds. A source that does not open is down, with nothing to hear."""
    import av  # 30 MB that only this needs

    try:
        with av.open(source, options={"rtsp_transport": "tcp"}, timeout=OPEN_SECONDS) as opened:
            pictures, loudest = _look(opened)
    except (av.FFmpegError, OSError):
        return [of_camera(0.0), of_sound(None)]
    return [of_camera(pictures), of_sound(loudest)]


def _look(opened: Any) -> tuple[float, float | None]:
    """Pictures a second by their times, and the loudest sample."""
    times: list[float] = []
    loudest: float | None = None
    import av

    plain = av.AudioResampler("s16", "mono")
    for frame in opened.decode(*opened.streams.video[:1], *opened.streams.audio[:1]):
        if frame.time is None:
            continue
        if isinstance(frame, av.AudioFrame):
            loudest = max([loudest or 0.0, *(_loudness(bytes(one.planes[0])) for one in plain.resample(frame))])
        else:
            times.append(frame.time)
        if times and frame.time - times[0] >= LISTEN_SECONDS:
            break
    return _rate(times), loudest


def _rate(times: Sequence[float]) -> float:
    return (len(times) - 1) / (times[-1] - times[0]) if len(times) > 1 and times[-1] > times[0] else 0.0


def _loudness(samples: bytes) -> float:
    return max(map(abs, array("h", samples)), default=0) / 32_768
