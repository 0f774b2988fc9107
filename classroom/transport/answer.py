"""Writes the relay's SDP answers: what publishers and viewers get to hear (RFC 8829, RFC 8839, RFC 8843).

An answer is ICE-lite, bundled and complete; transport-wide congestion control is never accepted, because the relay
sends no feedback for it and browsers then fall to 330 kbit/s.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final, cast

from classroom.relay.description import REPAIRED_RID, RID, Codec, Kind, LineDescription, TrackDescription
from classroom.relay.lesson import Announcement
from classroom.transport.ice import Credentials
from classroom.transport.offer import Fingerprint, Format, Offer, Section
from core.errors import BadInput, NotValid

START_KBPS, START_KBPS_OF_LAYERS = 2000, 2500
"""Chromium begins at 300 kbit/s and 640×360 otherwise and takes 14 s to reach 720p."""
MOST_LAYERS: Final = 3
THIN_BPS, THIN_MS = 14_000, 60
"""The thin voice: with its headers some 21 kbit/s, through a line that carries 40."""
KNOWN: Final = "VP8, H264, Opus"
_MID: Final = "urn:ietf:params:rtp-hdrext:sdes:mid"
_FEEDBACK: Final = {"nack": "nack", "nack pli": "pli", "ccm fir": "fir", "goog-remb": "remb"}


@dataclass(frozen=True, slots=True)
class Local:
    """Our side of the transport. `candidates` are (address, port) in order of liking."""

    credentials: Credentials
    fingerprint: Fingerprint
    candidates: tuple[tuple[str, int], ...]
    session: str


def dtls_role(offer: Offer) -> str:
    """Ours. Passive wherever the offer allows, since then the relay chooses the cipher, and chooses GCM."""
    return "client" if offer.setup == "passive" else "server"


# -- publishers


def tracks(offer: Offer, thin: bool = False) -> list[TrackDescription]:
    """One audio and one video line at most (RFC 9725: one media stream). `thin` asks for a voice of few bits. Raises
    BadInput or NotValid."""
    sending = [section for section in offer.sections if section.sends]
    kinds = [section.kind for section in sending]
    if not sending or len(set(kinds)) != len(kinds):
        zh = "推流的 SDP 需要一路音频、一路视频，或其中之一（sendonly）。"
        en = "To publish, offer one audio line, one video line, or one of each, as sendonly."
        raise BadInput("sdp-not-for-publishing", zh=zh, en=en)
    return [_track(section, _chosen(section), thin) for section in sending]


def _chosen(section: Section) -> Format:
    """The offerer's first codec that the relay knows; only one, so that it does not change in the middle."""
    if not section.formats:
        raise no_common_codec(section)
    return section.formats[0]


def no_common_codec(section: Section) -> NotValid:
    offered = ", ".join(section.names) or "-"
    zh = f"没有共同的编码：{section.kind} 提供的是 {offered}，这里支持 {KNOWN}。请在浏览器或编码器里启用其中之一。"
    en = f"No common codec: {section.kind} offers {offered}; this relay takes {KNOWN}. Enable one of these."
    return NotValid("no-common-codec", zh=zh, en=en, offered=list(section.names), supported=KNOWN.split(", "))


def _track(section: Section, chosen: Format, thin: bool) -> TrackDescription:
    return TrackDescription(
        kind=cast(Kind, section.kind),
        mid=section.mid,
        codecs={chosen.payload_type: chosen.codec},
        rtx={pt: apt for pt, apt in section.rtx.items() if apt == chosen.payload_type},
        ssrcs=section.ssrcs,
        rids=section.rids[-MOST_LAYERS:],
        extensions=_extensions(section),
        feedback=frozenset(_FEEDBACK[f] for f in _feedback(section, chosen)),
        red=None if thin else _red(section, chosen.payload_type),
        thin=thin and section.kind == "audio",
    )


def _red(section: Section, payload_type: int) -> int | None:
    return next((outer for outer, inside in section.red.items() if inside == payload_type), None)


def _extensions(section: Section) -> dict[int, str]:
    """Layers are told apart by extensions, a single stream by its SSRC."""
    wanted = (_MID, RID, REPAIRED_RID) if section.rids else ()
    return {number: uri for number, uri in section.extensions.items() if uri in wanted}


def _feedback(section: Section, chosen: Format) -> list[str]:
    if section.kind == "audio":
        return ["nack"]  # browsers resend and repair Opus when asked, though they do not offer it
    return [f for f in _FEEDBACK if f in chosen.feedback]


def publisher(offer: Offer, local: Local, described: Sequence[TrackDescription]) -> str:
    by_mid = {track.mid: track for track in described}

    def body(section: Section) -> list[str] | None:
        track = by_mid.get(section.mid)
        return None if track is None else _received(section, track)

    return _answer(offer, local, body)


def _received(section: Section, track: TrackDescription) -> list[str]:
    (payload_type, codec), chosen = next(iter(track.codecs.items())), _chosen(section)
    around = [] if track.red is None else [track.red]  # first, else the browser does not use it
    lines = [_m_line(section, [*around, payload_type, *track.rtx]), "a=recvonly"]
    lines += [f"a=extmap:{number} {uri}" for number, uri in track.extensions.items()]
    lines += _codec_lines(section, chosen, _publisher_parameters(chosen, track))
    lines += _rtx_lines(track.rtx, codec.clock_rate) + _red_lines(track.red, payload_type)
    if track.thin:
        lines.append(f"a=ptime:{THIN_MS}")
    if track.rids:
        lines += [f"a=rid:{rid} recv" for rid in track.rids] + [f"a=simulcast:recv {';'.join(track.rids)}"]
    return lines


def _publisher_parameters(chosen: Format, track: TrackDescription) -> str:
    if track.thin:
        length = f"minptime=10;ptime={THIN_MS};maxptime={THIN_MS}"
        return f"{length};maxaveragebitrate={THIN_BPS};cbr=1;stereo=0;useinbandfec=1"
    if chosen.codec.name == "opus":
        return "minptime=10;useinbandfec=1"
    start = f"x-google-start-bitrate={START_KBPS_OF_LAYERS if track.rids else START_KBPS}"
    return f"{chosen.parameters};{start}" if chosen.parameters else start


# -- viewers


def lines(offer: Offer, slots: Sequence[str], instead: str | None) -> list[LineDescription]:
    """The nth audio and the nth video line belong to the nth slot; a plain player's single pair gets the first, or the
    one `instead` while that is empty. Raises BadInput or NotValid."""
    receiving = [section for section in offer.sections if section.receives]
    if not receiving:
        zh, en = "收看的 SDP 需要 recvonly 的媒体行。", "To watch, offer recvonly media lines."
        raise BadInput("sdp-not-for-watching", zh=zh, en=en)
    most = max(sum(s.kind == kind for s in receiving) for kind in ("audio", "video"))
    if most > len(slots):
        zh, en = f"这里最多有 {len(slots)} 路画面。", f"There are {len(slots)} slots at most; offer fewer lines."
        raise BadInput("sdp-too-many-lines", zh=zh, en=en)
    seen = {"audio": 0, "video": 0}
    described = []
    for section in receiving:
        described.append(_line(section, slots[seen[section.kind]], instead if most == 1 else None))
        seen[section.kind] += 1
    return described


def _line(section: Section, slot: str, instead: str | None) -> LineDescription:
    if not section.formats:
        raise no_common_codec(section)
    codecs: dict[Codec, int] = {}
    for one in section.formats:
        codecs.setdefault(one.codec, one.payload_type)
    taken = set(codecs.values())
    rtx = {apt: pt for pt, apt in section.rtx.items() if apt in taken}
    red = next((outer for outer, inside in section.red.items() if inside in taken), None)
    return LineDescription(slot, cast(Kind, section.kind), section.mid, codecs, rtx, red, instead)


def viewer(
    offer: Offer, local: Local, described: Sequence[LineDescription], announce: Callable[[str, Kind], Announcement]
) -> str:
    by_mid = {line.mid: line for line in described}

    def body(section: Section) -> list[str] | None:
        line = by_mid.get(section.mid)
        return None if line is None else _sent(section, line, announce(line.slot, line.kind))

    return _answer(offer, local, body)


def _sent(section: Section, line: LineDescription, stream: Announcement) -> list[str]:
    formats = [one for one in section.formats if line.codecs.get(one.codec) == one.payload_type]
    repairs = {pt: apt for apt, pt in line.rtx.items()}
    around = [] if line.red is None else [line.red]
    lines = [_m_line(section, [*(one.payload_type for one in formats), *around, *repairs]), "a=sendonly"]
    lines.append(f"a=msid:{stream.msid} {stream.msid}-{line.kind}")
    for one in formats:
        lines += _codec_lines(section, one, _viewer_parameters(one))
    lines += _rtx_lines(repairs, formats[0].codec.clock_rate) + _red_lines(line.red, formats[0].payload_type)
    if repairs:
        lines.append(f"a=ssrc-group:FID {stream.ssrc} {stream.rtx_ssrc}")
    for ssrc in (stream.ssrc, stream.rtx_ssrc) if repairs else (stream.ssrc,):
        lines.append(f"a=ssrc:{ssrc} cname:{stream.cname}")
        lines.append(f"a=ssrc:{ssrc} msid:{stream.msid} {stream.msid}-{line.kind}")
    return lines


def _viewer_parameters(one: Format) -> str:
    return "minptime=10;useinbandfec=1" if one.codec.name == "opus" else one.parameters


# -- both


def _answer(offer: Offer, local: Local, body: Callable[[Section], list[str] | None]) -> str:
    bodies = [(section, body(section)) for section in offer.sections]
    accepted = [section.mid for section, lines in bodies if lines]
    text = ["v=0", f"o=- {local.session} 1 IN IP4 0.0.0.0", "s=-", "t=0 0", "a=ice-lite"]
    text += [f"a=group:BUNDLE {' '.join(accepted)}", "a=msid-semantic: WMS *"]
    for section, lines in bodies:
        if lines is None:
            text += [_rejected(section), "c=IN IP4 0.0.0.0", f"a=mid:{section.mid}", "a=inactive"]
            continue
        text += [lines[0], "c=IN IP4 0.0.0.0", "a=rtcp-mux", f"a=mid:{section.mid}"]
        text += _transport(offer, local) + lines[1:]
    return "\r\n".join(text) + "\r\n"


def _m_line(section: Section, payload_types: list[int]) -> str:
    return f"m={section.kind} 9 {section.protocol} {' '.join(map(str, payload_types))}"


def _rejected(section: Section) -> str:
    return f"m={section.kind} 0 {section.protocol} {' '.join(section.raw_formats)}"


def _transport(offer: Offer, local: Local) -> list[str]:
    """Of the bundled sections the first would do (RFC 8843 section 7.1.3), but aiortc looks at the last."""
    text = ice_lines(local.credentials) + candidate_lines(local.candidates)
    text.append(f"a=fingerprint:{local.fingerprint.algorithm} {local.fingerprint.value}")
    text.append("a=setup:active" if dtls_role(offer) == "client" else "a=setup:passive")
    return text


def ice_lines(credentials: Credentials) -> list[str]:
    return [f"a=ice-ufrag:{credentials.ufrag}", f"a=ice-pwd:{credentials.password}"]


def candidate_lines(candidates: Sequence[tuple[str, int]]) -> list[str]:
    """UDP first, which some encoders take without looking further; the same ports by TCP for who has nothing else."""
    text = []
    for index, (address, port) in enumerate(candidates):
        priority = (126 << 24) + ((65535 - index) << 8) + 255  # RFC 8445 section 5.1.2.1
        text.append(f"a=candidate:{index + 1} 1 udp {priority} {address} {port} typ host")
    for index, (address, port) in enumerate(candidates):
        priority = (90 << 24) + (((4 << 13) + 8191 - index) << 8) + 255  # RFC 6544 section 4.2: passive
        foundation = len(candidates) + index + 1
        text.append(f"a=candidate:{foundation} 1 tcp {priority} {address} {port} typ host tcptype passive")
    return [*text, "a=end-of-candidates"]


def _codec_lines(section: Section, one: Format, parameters: str) -> list[str]:
    names = {"vp8": "VP8/90000", "h264": "H264/90000", "opus": "opus/48000/2"}
    text = [f"a=rtpmap:{one.payload_type} {names[one.codec.name]}"]
    text += [f"a=rtcp-fb:{one.payload_type} {feedback}" for feedback in _feedback(section, one)]
    return text + ([f"a=fmtp:{one.payload_type} {parameters}"] if parameters else [])


def _rtx_lines(rtx: dict[int, int], clock_rate: int) -> list[str]:
    text = []
    for payload_type, apt in rtx.items():
        text += [f"a=rtpmap:{payload_type} rtx/{clock_rate}", f"a=fmtp:{payload_type} apt={apt}"]
    return text


def _red_lines(payload_type: int | None, inside: int) -> list[str]:
    if payload_type is None:
        return []
    return [f"a=rtpmap:{payload_type} red/48000/2", f"a=fmtp:{payload_type} {inside}/{inside}"]
