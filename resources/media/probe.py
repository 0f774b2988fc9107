"""What is in a recording, read by PyAV through an address of the store: only what is needed of it crosses the line."""

import math
from dataclasses import dataclass
from typing import Any

import av
from av.container import InputContainer

from resources.media import refusing

SAFE = {
    "protocol_whitelist": "http,https,tcp,tls,file,crypto",
    "format_whitelist": "mov,mp4,matroska,webm,avi,flv,asf,mpeg,mpegts,mp3,aac,wav,ogg,flac,image2,3gp,m4a",
    "rw_timeout": "30000000",
}
"""Formats that name other files, such as playlists, would let an upload read what is not its own."""
BROWSERS_VIDEO = {"mov,mp4,m4a,3gp,3g2,mj2": {"h264"}, "matroska,webm": {"vp8", "vp9", "av1"}}
BROWSERS_AUDIO = {"aac", "mp3", "opus", "vorbis", "flac"}
END_SHARE, END_SECONDS = 0.05, 2.0
"""A recording whose last packet comes earlier than so before its announced end is cut off."""


@dataclass(frozen=True)
class Probed:
    """`seconds` may be 0 for a recording whose header does not tell; `codecs` as RFC 6381 spells them."""

    format: str
    seconds: float
    video: str | None
    audio: str | None
    width: int
    height: int
    codecs: str | None

    @property
    def plays(self) -> bool:
        """Whether browsers play it as it is."""
        if self.video is None:
            return self.audio in BROWSERS_AUDIO
        return self.video in BROWSERS_VIDEO.get(self.format, set()) and self.audio in {*BROWSERS_AUDIO, None}


def probe(address: str, trusted: bool = False) -> Probed:
    """Blocks. Raises Refused for what cannot be decoded or is cut off; of a recorder's own file neither is asked."""
    try:
        with av.open(address, options=SAFE, timeout=(20, 30)) as container:
            found = _describe(container)
            if not trusted:
                _decodes(container)
                found = _with_end(container, found)
            return found
    except (av.FFmpegError, ValueError, EOFError) as error:
        raise refusing.unreadable(type(error).__name__) from None


def span(address: str) -> tuple[float, float]:
    """When it begins by its own clock, and how many seconds it lasts. Blocks; raises Refused."""
    try:
        with av.open(address, options=SAFE, timeout=(20, 30)) as container:
            begin = (container.start_time or 0) / 1_000_000
            return begin, max(0.0, _end(container) - begin)
    except (av.FFmpegError, ValueError, EOFError) as error:
        raise refusing.unreadable(type(error).__name__) from None


def silent_begin(address: str) -> float:
    """How many seconds its sound begins after the file. Blocks; raises Refused."""
    try:
        with av.open(address, options=SAFE, timeout=(20, 30)) as container:
            first = next((one for one in container.demux(container.streams.audio[0]) if one.pts is not None), None)
            if first is None or first.pts is None or first.time_base is None:
                return 0.0
            return max(0.0, float(first.pts * first.time_base) - (container.start_time or 0) / 1_000_000)
    except (av.FFmpegError, ValueError, EOFError) as error:
        raise refusing.unreadable(type(error).__name__) from None


def has_key_frame(address: str) -> bool:
    """Whether any of its pictures can be seen: a take that an outage cut short may have none. Blocks."""
    try:
        with av.open(address, options=SAFE, timeout=(20, 30)) as container:
            video = container.streams.video[:1]
            return bool(video) and any(packet.is_keyframe and packet.size for packet in container.demux(video[0]))
    except (av.FFmpegError, ValueError, EOFError):
        return False


def _describe(container: InputContainer) -> Probed:
    video = container.streams.video[0] if container.streams.video else None
    audio = container.streams.audio[0] if container.streams.audio else None
    if video is None and audio is None:
        raise refusing.unreadable("no picture and no sound")
    seconds = container.duration / 1_000_000 if container.duration else 0.0
    codecs = [one for one in (_spelt(video), _spelt(audio)) if one]
    return Probed(
        format=container.format.name,
        seconds=seconds,
        video=video.codec_context.name if video else None,
        audio=audio.codec_context.name if audio else None,
        width=video.codec_context.width if video else 0,
        height=video.codec_context.height if video else 0,
        codecs=",".join(codecs) or None,
    )


def _decodes(container: InputContainer) -> None:
    """One picture, or one block of sound, must come out."""
    stream = container.streams.video[0] if container.streams.video else container.streams.audio[0]
    if next(iter(container.decode(stream)), None) is None:
        raise refusing.truncated()


def _with_end(container: InputContainer, found: Probed) -> Probed:
    """Looks whether the end is there; measures it where the header does not tell."""
    told, last = found.seconds, _end(container)
    if told and last < told - max(END_SECONDS, told * END_SHARE):
        raise refusing.truncated()
    return found if told else Probed(**{**found.__dict__, "seconds": last})


def _end(container: InputContainer) -> float:
    """Where its last packet ends, in seconds."""
    container.seek(int(max(0.0, (container.duration or 0) / 1_000_000 - END_SECONDS) * 1_000_000))
    last = 0.0
    for packet in container.demux():
        if packet.pts is not None and packet.time_base is not None:
            last = max(last, float((packet.pts + (packet.duration or 0)) * packet.time_base))
    return last


def _spelt(stream: Any) -> str | None:
    if stream is None:
        return None
    name, extra = stream.codec_context.name, bytes(stream.codec_context.extradata or b"")
    if name == "h264":
        return f"avc1.{extra[1:4].hex()}" if len(extra) > 4 and extra[0] == 1 else None
    return {"aac": "mp4a.40.2", "opus": "opus", "vp8": "vp8", "vp9": "vp09.00.31.08", "mp3": "mp4a.40.34"}.get(name)


def storyboard_step(seconds: float, pictures: int) -> float:
    """Seconds between two pictures, so that a recording of any length has at most so many."""
    return max(2.0, math.ceil(seconds / pictures))
