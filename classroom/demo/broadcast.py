"""ffmpeg's arguments for the live broadcast: the film in a loop, the clock and its strip drawn at the moment of
sending.

The clock must be burnt in live, so the picture is encoded again: 1280×720 at 25 fps with ultrafast and one thread
costs about a fifth of one
core. Its key frames come every 2 s, because ffmpeg's WHIP muxer does not hear requests for one.
"""

from __future__ import annotations

from pathlib import Path

from classroom.demo import fonts, strip

KEY_FRAME_EVERY = 50
# the wall clock of the lesson's own place, also on machines without a table of time zones
ENVIRONMENT = {"TZ": "CST-8"}


def arguments(film: Path, whip_url: str, ticket: str) -> list[str]:
    """For `ffmpeg.run`. See `ingest.ffmpeg` on the ticket among the arguments."""
    source = ["-loglevel", "warning", "-re", "-stream_loop", "-1", "-threads", "1", "-i", str(film)]
    picture = ["-filter_threads", "1", "-vf", ",".join([*clock(), *strip.live_filters()])]
    video = [
        "-c:v",
        "libx264",
        "-preset",
        "ultrafast",
        "-tune",
        "zerolatency",
        "-profile:v",
        "baseline",
        "-threads",
        "1",
    ]
    rate = ["-bf", "0", "-g", str(KEY_FRAME_EVERY), "-b:v", "1200k", "-maxrate", "1500k", "-bufsize", "750k"]
    audio = ["-c:a", "libopus", "-ar", "48000", "-ac", "2", "-b:a", "48k", "-application", "lowdelay"]
    whip = ["-f", "whip", "-authorization", ticket, whip_url]
    return [*source, *picture, *video, *rate, *audio, *whip]


def clock() -> list[str]:
    """A running clock with milliseconds, top right, in any font that this machine has."""
    font = fonts.chinese()
    if font is None:
        return []
    text = r"%{localtime\:%H\\\:%M\\\:%S.%3N}"
    look = "fontsize=36:fontcolor=0x223E70:borderw=1:bordercolor=0x223E70"
    return [f"drawtext=fontfile='{font.path}':{look}:x=1000:y=40:text='{text}'"]
