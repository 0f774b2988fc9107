"""From what a source sends to ffmpeg's arguments. Pure.

| the source sends | and the publication is |
|---|---|
| H264 without B-frames | copied, its parameter sets repeated before each key frame |
| H264 with B-frames, H265, anything else | encoded anew: H264 baseline, a key frame every 60 pictures, no delay; or
refused in words |
| AAC, G.711, anything | Opus, 48 kHz, two channels |
| no sound, or no picture | without it |

ffmpeg copies first; its WHIP muxer refuses before anything is sent what cannot be copied (`hear.py`), and the next
run encodes.
So a source is opened once in the usual case, which matters for a box that pushes.
"""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlsplit

KEY_FRAME_EVERY = 60
COPIED_PROFILES = (None, "Baseline", "Constrained Baseline", "Main")


class CannotSend(Exception):
    """A sentence for whoever set this up."""


@dataclass(frozen=True)
class Found:
    """What ffmpeg said about the source. None: not seen (yet)."""

    video: str | None = None
    profile: str | None = None
    audio: str | None = None
    b_frames: bool = False

    @property
    def copyable(self) -> bool:
        return self.video in (None, "h264") and self.profile in COPIED_PROFILES and not self.b_frames


def arguments(source: str, found: Found, whip_url: str, ticket: str, *, transcode: bool = True) -> list[str]:
    """For `ffmpeg.run`. Raises CannotSend."""
    if not found.copyable and not transcode:
        raise CannotSend(words(found))
    video = copied() if found.copyable else encoded()
    audio = ["-c:a", "libopus", "-ar", "48000", "-ac", "2", "-b:a", "48k", "-application", "lowdelay"]
    lines = ["-map", "0:v:0?", "-map", "0:a:0?"]
    return [
        "-loglevel",
        "info",
        *opened(source),
        *lines,
        *video,
        *audio,
        "-f",
        "whip",
        "-authorization",
        ticket,
        whip_url,
    ]


def opened(source: str) -> list[str]:
    """RTSP is pulled, over TCP because a lost packet would be missing for good; RTMP is waited for."""
    quick = ["-fflags", "nobuffer", "-flags", "low_delay", "-analyzeduration", "1500000"]
    scheme = urlsplit(source).scheme
    if scheme in ("rtsp", "rtsps"):
        # microseconds without a byte after which a camera is given up
        return [*quick, "-rtsp_transport", "tcp", "-timeout", "5000000", "-i", source]
    if scheme == "rtmp":
        return [*quick, "-listen", "1", "-i", source]
    raise CannotSend(f"{scheme or source}: a source is rtsp://… or rtsps://… to pull from, or rtmp://… to listen at.")


def copied() -> list[str]:
    # a viewer who joins late needs the parameter sets with the key frame; cameras send them once, in the SDP
    return ["-c:v", "copy", "-bsf:v", "h264_mp4toannexb,dump_extra=freq=keyframe"]


def encoded() -> list[str]:
    quick = ["-c:v", "libx264", "-preset", "veryfast", "-tune", "zerolatency", "-pix_fmt", "yuv420p"]
    look = ["-profile:v", "baseline", "-bf", "0", "-g", str(KEY_FRAME_EVERY)]
    return [*quick, *look, "-b:v", "2000k", "-maxrate", "2500k", "-bufsize", "1250k"]


def words(found: Found) -> str:
    what = str(found.video).upper()
    if found.video == "h264":
        what += " with B-frames" if found.b_frames else f" in profile {found.profile}"
    return (
        f"The source sends {what}, which browsers cannot take, and encoding anew is switched off. "
        "Set the encoder to H264 baseline, which has no B-frames, or leave --no-transcode out."
    )
