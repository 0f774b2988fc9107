"""What the two doors agreed with a peer by SDP, in the few words that the media core needs."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

Kind = Literal["audio", "video"]

# H264 profiles (first two bytes of profile-level-id, hex) whose decoders also take the profile on the left (H.264 A.2).
_H264_SUPERSETS = {
    "42e0": ("4200", "4d00", "6400", "640c", "f400"),
    "4200": ("4d00", "6400"),
    "4d00": ("6400", "f400"),
    "640c": ("6400", "f400"),
    "6400": ("f400",),  # Chromium names no High profile of its own, but this superset of it
}


@dataclass(frozen=True, slots=True)
class Codec:
    """A codec without its payload type; equal values mean: the same bytes can be sent to both.

    `name` is lower case: "vp8", "h264", "opus". For H264, `profile` is profile_idc and constraint bits in lower-case
    hex ("42e0", the level left out) and `packetization_mode` is 0 or 1 (RFC 6184 8.1); for the others they stay as
    they are here.
    """

    name: str
    clock_rate: int
    channels: int = 1
    profile: str = ""
    packetization_mode: int = 0

    def decodable_as(self, other: Codec) -> bool:
        """Whether a decoder that announced `other` takes this stream: the same, or an H264 superset of it."""
        if self == other:
            return True
        if self.name != "h264" or other.name != "h264":
            return False
        same_profile = self.profile == other.profile or other.profile in _H264_SUPERSETS.get(self.profile, ())
        return same_profile and self.packetization_mode <= other.packetization_mode


VP8 = Codec("vp8", 90000)
OPUS = Codec("opus", 48000, 2)


@dataclass(frozen=True, slots=True)
class TrackDescription:
    """One line of a publisher's offer as answered.

    `codecs` maps payload type to codec; `rtx` maps the retransmission payload type to the one it repairs (apt, RFC
    4588).
    `ssrcs` may be empty (browsers behind `a=rid` announce none): the first SSRC seen with one of the payload types is
    taken. `feedback` holds the answered rtcp-fb words: "nack", "pli", "fir", "remb".
    """

    kind: Kind
    mid: str
    codecs: dict[int, Codec]
    rtx: dict[int, int] = field(default_factory=dict)
    ssrcs: tuple[int, ...] = ()
    rids: tuple[str, ...] = ()
    extensions: dict[int, str] = field(default_factory=dict)
    feedback: frozenset[str] = frozenset({"nack", "pli"})


@dataclass(frozen=True, slots=True)
class LineDescription:
    """One receive-only line of a viewer, bound to a slot. `codecs` in the viewer's order of liking; `rtx` maps a
    payload type of `codecs` to the retransmission payload type for it (empty: repairs go on the media SSRC
    itself)."""

    slot: str
    kind: Kind
    mid: str
    codecs: dict[Codec, int]
    rtx: dict[int, int] = field(default_factory=dict)

    def payload_type(self, codec: Codec) -> int | None:
        """The viewer's payload type for a flowing codec; None when it cannot take it."""
        exact = self.codecs.get(codec)
        if exact is not None:
            return exact
        return next((pt for known, pt in self.codecs.items() if codec.decodable_as(known)), None)
