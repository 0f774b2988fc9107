"""An SDP offer, read with aiortc's parser into the few things that a door needs; hostile input ends as a Problem.

The rules are those of WHIP and WHEP: one bundled transport, RTCP muxed, a DTLS fingerprint, ICE credentials.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import Final, Literal, NoReturn

from classroom.relay.description import Codec
from classroom.transport.aiortc_parts import CodecParameters, sdp
from classroom.transport.ice import Credentials
from core.errors import BadInput, TooLarge

MOST_BYTES: Final = 64 * 1024
MOST_SECTIONS: Final = 32
MOST_LINES: Final = 400
"""Lines of one section; a browser's video section has about 150. aiortc's parser is quadratic in them."""

Setup = Literal["actpass", "active", "passive"]
_SETUPS: Final[dict[str, Setup]] = {"auto": "actpass", "client": "active", "server": "passive"}
_FINGERPRINT: Final = re.compile(r"a=fingerprint:(sha-256|sha-384|sha-512) ((?:[0-9A-F]{2}:){31,63}[0-9A-F]{2})", re.I)
_OWN: Final = ("a=ice-ufrag:", "a=ice-pwd:", "a=fingerprint:", "a=candidate:", "a=ssrc", "a=msid:", "o=")
"""The lines by which the offers of two pages of the same browser differ."""
_OWN_BEGIN: Final = frozenset(start[:4] for start in _OWN if start != "o=")
"""A look at four letters spares nearly all lines the comparison with each."""
_TOKEN: Final = re.compile(r"[A-Za-z0-9_.+-]{1,64}")
_ICE: Final = re.compile(r"[A-Za-z0-9+/=_-]{4,256}")  # ice-char, and what some encoders send besides


@dataclass(frozen=True, slots=True)
class Fingerprint:
    algorithm: str
    value: str


@dataclass(frozen=True, slots=True)
class Format:
    """One payload type whose codec the relay knows. `feedback` as in `a=rtcp-fb`: "nack", "nack pli"."""

    payload_type: int
    codec: Codec
    parameters: str
    feedback: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Section:
    """One m-line. `formats` in the offerer's order; `rtx` payload type → the one it repairs; `red` payload type → the
    one inside; `names`: all codecs."""

    kind: str
    mid: str
    protocol: str
    direction: str
    setup: Setup
    formats: tuple[Format, ...]
    rtx: dict[int, int]
    names: tuple[str, ...]
    raw_formats: tuple[str, ...]
    extensions: dict[int, str] = field(default_factory=dict)
    ssrcs: tuple[int, ...] = ()
    rids: tuple[str, ...] = ()
    red: dict[int, int] = field(default_factory=dict)

    @property
    def sends(self) -> bool:
        return self.kind in ("audio", "video") and self.direction in ("sendonly", "sendrecv")

    @property
    def receives(self) -> bool:
        return self.kind in ("audio", "video") and self.direction in ("recvonly", "sendrecv")


@dataclass(frozen=True, slots=True)
class Offer:
    credentials: Credentials
    fingerprints: tuple[Fingerprint, ...]
    setup: Setup
    sections: tuple[Section, ...]


def read(body: bytes) -> Offer:
    """Raises TooLarge or BadInput."""
    if len(body) > MOST_BYTES:
        raise TooLarge(
            "sdp-too-large",
            zh="这份 SDP 超过 64 KB，请减少媒体行或编码种类。",
            en="The SDP is larger than 64 KB; offer fewer media lines or codecs.",
        )
    alike, (session, *own) = _parted(_text(body))
    sections = _parsed(alike)
    first = next(at for at, section in enumerate(sections) if section.kind in ("audio", "video"))
    lines = own[first] + session
    sections = tuple(replace(s, ssrcs=_ssrcs(lines)) if s.sends else s for s, lines in zip(sections, own, strict=True))
    return Offer(_credentials(lines), _fingerprints(lines), sections[first].setup, sections)


def _parted(text: str) -> tuple[str, list[list[str]]]:
    """What pages of one browser have in common, and the lines of their own: of the session, then of each section."""
    alike: list[str] = []
    own: list[list[str]] = [[]]
    counts = [0]
    for line in text.splitlines():
        if line[:2] == "m=":
            own.append([])
            counts.append(0)
        counts[-1] += 1
        if line[:2] == "o=" or (line[:4] in _OWN_BEGIN and line.startswith(_OWN)):
            own[-1].append(line)
        else:
            alike.append(line)
    if len(own) > MOST_SECTIONS + 1 or max(counts) > MOST_LINES:
        _refuse("sdp-malformed", "这份 SDP 的行数过多。", "The SDP has too many lines.")
    return "\r\n".join(alike), own


def _text(body: bytes) -> str:
    try:
        text = body.decode("utf-8")
    except UnicodeDecodeError:
        _refuse("sdp-malformed", "这份 SDP 不是 UTF-8 文本。", "The SDP is not UTF-8 text.")
    if not text.startswith("v=0"):
        _refuse("sdp-malformed", "这份 SDP 应当以 v=0 开头。", "The SDP must begin with v=0.")
    return text


def _refuse(code: str, zh: str, en: str) -> NoReturn:
    raise BadInput(code, zh=zh, en=en) from None


@lru_cache(maxsize=64)
def _parsed(alike: str) -> tuple[Section, ...]:
    """The part of an offer that is the same for every page of one browser. Parsing it takes 5 ms, so it is kept."""
    try:
        parsed = sdp.SessionDescription.parse(alike)
        sections = tuple(_sections(parsed, alike))
    except (ValueError, AssertionError, KeyError, IndexError, StopIteration, AttributeError, TypeError, RuntimeError):
        # aiortc's parser has no error of its own: whatever it stumbles over is the offer's fault
        _refuse("sdp-malformed", "这份 SDP 格式不对，无法解析。", "The SDP is malformed and cannot be read.")
    _check_transport(parsed)
    return sections


def _check_transport(parsed: sdp.SessionDescription) -> None:
    wanted = [media for media in parsed.media if media.kind in ("audio", "video")]
    mids = [str(media.rtp.muxId) for media in parsed.media]
    if not wanted:
        _refuse("sdp-without-media", "这份 SDP 没有音频或视频。", "The SDP offers neither audio nor video.")
    if len(set(mids)) != len(mids):
        _refuse("sdp-malformed", "两个媒体行用了同一个 a=mid。", "Two media lines share one a=mid.")
    if not all(media.rtcp_mux for media in wanted):
        _refuse("sdp-without-rtcp-mux", "请在每个媒体行加上 a=rtcp-mux。", "Put a=rtcp-mux into each media line.")
    bundled = {str(mid) for group in parsed.group if group.semantic == "BUNDLE" for mid in group.items}
    if len(wanted) > 1 and not {str(media.rtp.muxId) for media in wanted} <= bundled:
        _refuse("sdp-without-bundle", "请把所有媒体行放进 BUNDLE。", "Put all media lines into one BUNDLE group.")
    if wanted[0].dtls is None:
        _refuse("sdp-without-setup", "SDP 缺少 a=setup。", "The SDP lacks a=setup.")


def _sections(parsed: sdp.SessionDescription, text: str) -> Iterator[Section]:
    _, groups = sdp.grouplines(text)
    for media, lines in zip(parsed.media, groups, strict=True):
        mid = str(media.rtp.muxId or "")
        if not _TOKEN.fullmatch(mid) or not _TOKEN.fullmatch(media.kind):
            _refuse("sdp-malformed", "每个媒体行都需要 a=mid。", "Each media line needs a=mid.")
        codecs = list(_in_order(media))
        yield Section(
            kind=media.kind,
            mid=mid,
            protocol=media.profile,
            direction=media.direction or "sendrecv",  # RFC 8866 section 6.7
            setup=_SETUPS[(media.dtls and media.dtls.role) or "auto"],
            formats=tuple(one for one in map(_format, codecs) if one),
            rtx=_rtx(codecs),
            names=tuple(dict.fromkeys(c.name for c in codecs)),
            raw_formats=tuple(map(str, media.fmt[:1])),
            extensions={e.id: e.uri for e in media.rtp.headerExtensions},
            rids=_sent_rids(lines),
            red=_red(codecs),
        )


def _in_order(media: sdp.MediaDescription) -> Iterator[CodecParameters]:
    """The codecs as the m-line lists them: that order is the offerer's preference (RFC 8866 section 5.14)."""
    by_payload_type = {codec.payloadType: codec for codec in media.rtp.codecs}
    if media.kind in ("audio", "video"):
        yield from (by_payload_type[pt] for pt in dict.fromkeys(media.fmt) if pt in by_payload_type)


def _format(codec: CodecParameters) -> Format | None:
    known = _codec(codec)
    if known is None or codec.payloadType is None:
        return None
    feedback = tuple(f.type + (f" {f.parameter}" if f.parameter else "") for f in codec.rtcpFeedback)
    return Format(codec.payloadType, known, sdp.parameters_to_sdp(_parameters(codec)), feedback)


def _parameters(codec: CodecParameters) -> dict[str, int | str | None]:
    return {key.strip(): value for key, value in codec.parameters.items()}


def _codec(codec: CodecParameters) -> Codec | None:
    name, parameters = codec.name.lower(), _parameters(codec)
    if name == "opus" and codec.clockRate == 48000 and codec.channels == 2:
        return Codec("opus", 48000, 2)
    if name == "vp8" and codec.clockRate == 90000:
        return Codec("vp8", 90000)
    if name == "h264" and codec.clockRate == 90000:
        profile = str(parameters.get("profile-level-id", "42000a")).lower()  # the default of RFC 6184 section 8.1
        mode = int(parameters.get("packetization-mode") or 0)
        if re.fullmatch("[0-9a-f]{6}", profile) and mode in (0, 1):  # interleaved mode 2 is nobody's here
            return Codec("h264", 90000, profile=_h264_profile(profile), packetization_mode=mode)
    return None


def _h264_profile(profile_level_id: str) -> str:
    """One name for each profile: encoders set different bits for the constrained baseline (RFC 6184 8.1, table 5)."""
    idc, bits = int(profile_level_id[:2], 16), int(profile_level_id[2:4], 16)
    patterns = {0x42: (0x4F, 0x40), 0x4D: (0x8F, 0x80), 0x58: (0xCF, 0xC0)}
    mask, value = patterns.get(idc, (0, 1))
    return "42e0" if bits & mask == value else profile_level_id[:4]


def _rtx(codecs: list[CodecParameters]) -> dict[int, int]:
    return {
        int(c.payloadType): int(_parameters(c)["apt"] or 0)
        for c in codecs
        if c.name.lower() == "rtx" and c.payloadType is not None and "apt" in _parameters(c)
    }


def _red(codecs: list[CodecParameters]) -> dict[int, int]:
    """RED of one codec alone (RFC 2198 section 5: `a=fmtp:63 111/111`)."""
    found = {}
    for codec in codecs:
        if codec.name.lower() == "red" and codec.payloadType is not None:
            inside = {part for key in _parameters(codec) for part in key.split("/")}
            if len(inside) == 1 and (only := inside.pop()).isdecimal():
                found[int(codec.payloadType)] = int(only)
    return found


def _sent_rids(lines: list[str]) -> tuple[str, ...]:
    """The layers of `a=simulcast:send`, in their order; of alternatives the first (RFC 8853)."""
    for line in lines:
        found = re.match(r"a=simulcast:(?:recv \S+ )?send (\S+)", line)
        if found:
            layers = [layer.split(",")[0].lstrip("~") for layer in found[1].split(";")]
            return tuple(layer for layer in layers if re.fullmatch("[A-Za-z0-9]{1,16}", layer))
    return ()


def _ssrcs(lines: list[str]) -> tuple[int, ...]:
    """Without the SSRCs of retransmissions, which stand second in their FID groups."""
    repairs = {words[2] for line in lines if (words := line.split()) and words[0] == "a=ssrc-group:FID" and words[2:]}
    named = [line.removeprefix("a=ssrc:").split(" ")[0] for line in lines if line.startswith("a=ssrc:")]
    return tuple(dict.fromkeys(int(n) for n in named if n not in repairs and re.fullmatch(r"[0-9]{1,9}|[1-4]\d{9}", n)))


def _credentials(lines: list[str]) -> Credentials:
    ufrag, password = _value(lines, "a=ice-ufrag:"), _value(lines, "a=ice-pwd:")
    if not _ICE.fullmatch(ufrag) or not _ICE.fullmatch(password):
        _refuse("sdp-without-ice", "SDP 缺少 a=ice-ufrag 或 a=ice-pwd。", "The SDP lacks a=ice-ufrag or a=ice-pwd.")
    return Credentials(ufrag, password)


def _value(lines: list[str], prefix: str) -> str:
    return next((line.removeprefix(prefix).strip() for line in lines if line.startswith(prefix)), "")


def _fingerprints(lines: list[str]) -> tuple[Fingerprint, ...]:
    """RFC 8122. Several may be given; all of them have to fit the certificate."""
    given = [_FINGERPRINT.fullmatch(line.rstrip()) for line in lines if line.startswith("a=fingerprint:")]
    fingerprints = tuple(Fingerprint(one[1].lower(), one[2].upper()) for one in given if one)
    if not fingerprints:
        zh = "SDP 缺少 a=fingerprint（sha-256），无法加密。"
        en = "The SDP lacks a=fingerprint (sha-256); nothing goes unencrypted."
        _refuse("sdp-without-fingerprint", zh, en)
    return fingerprints
