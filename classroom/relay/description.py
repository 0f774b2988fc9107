"""What the two doors agreed with a peer by SDP, in the few words that the media core needs."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

Kind = Literal["audio", "video"]

LAYERS = ("q", "h", "f")
"""A picture's layers, the smallest first: a quarter, half, full. A publisher without layers has the full one."""

RID = "urn:ietf:params:rtp-hdrext:sdes:rtp-stream-id"
REPAIRED_RID = "urn:ietf:params:rtp-hdrext:sdes:repaired-rtp-stream-id"
"""The header extensions that name a packet's layer, and that of a retransmission (RFC 8852)."""

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
    taken. `feedback` holds the answered rtcp-fb words: "nack", "pli", "fir", "remb". `rids` are those of simulcast
    layers, the smallest picture first; `layer` is what a track without them publishes. `red` is the payload type of the
    codec inside RED. `thin`: a voice of few bits in long packets is wanted.
    """

    kind: Kind
    mid: str
    codecs: dict[int, Codec]
    rtx: dict[int, int] = field(default_factory=dict)
    ssrcs: tuple[int, ...] = ()
    rids: tuple[str, ...] = ()
    extensions: dict[int, str] = field(default_factory=dict)
    feedback: frozenset[str] = frozenset({"nack", "pli"})
    layer: str = "f"
    red: int | None = None
    thin: bool = False

    @property
    def layers(self) -> dict[str, str]:
        """From layer to rid, the smallest first; browsers' own names are kept, others go by their order."""
        if not self.rids:
            return {self.layer: ""}
        if set(self.rids) <= set(LAYERS):
            return {rid: rid for rid in LAYERS if rid in self.rids}
        return dict(zip(LAYERS[-len(self.rids) :], self.rids, strict=True))

    def extension(self, uri: str) -> int | None:
        return next((number for number, known in self.extensions.items() if known == uri), None)


@dataclass(frozen=True, slots=True)
class LineDescription:
    """One receive-only line of a viewer, bound to a slot. `codecs` in the viewer's order of liking; `rtx` maps a
    payload type of `codecs` to the retransmission payload type for it (empty: repairs go on the media SSRC
    itself). `red` is the payload type for sound inside RED. `instead` names the slot that is shown while nobody
    publishes into `slot`."""

    slot: str
    kind: Kind
    mid: str
    codecs: dict[Codec, int]
    rtx: dict[int, int] = field(default_factory=dict)
    red: int | None = None
    instead: str | None = None

    def payload_type(self, codec: Codec) -> int | None:
        """The viewer's payload type for a flowing codec; None when it cannot take it."""
        exact = self.codecs.get(codec)
        if exact is not None:
            return exact
        return next((pt for known, pt in self.codecs.items() if codec.decodable_as(known)), None)
