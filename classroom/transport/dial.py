"""The other side of a connection: this relay calls another one (RFC 8445, controlling agent).

Whoever is called is lite and checks nothing, so all the work is here: the offer, the checks, and seeing that the other
side has died, which the checks' missing answers tell within a second.
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, cast

from classroom.relay.description import Kind, TrackDescription
from classroom.transport import answer, offer, stun
from classroom.transport.ice import Address, Credentials, Generation, IceAgent, Path
from classroom.transport.offer import Fingerprint
from core.errors import Problem

REPEAT: Final = 0.25
"""Seconds between two checks while nothing is heard."""
CONSENT: Final = 2.5
"""Seconds between two checks while media comes: the other side gives up after 30 (RFC 7675)."""
DEAD: Final = 1.0
"""Seconds of complete silence after which the other side is gone."""
UNDER_WAY: Final = 16

AUDIO: Final = ((63, "red/48000/2", "111/111"), (111, "opus/48000/2", "minptime=10;useinbandfec=1"))
_PROFILES: Final = ("42e0", "4200", "4d00", "640c", "6400", "f400")
_H264: Final = tuple(
    (100 + number, "H264/90000", f"level-asymmetry-allowed=1;packetization-mode={mode};profile-level-id={profile}1f")
    for number, (profile, mode) in enumerate((profile, mode) for profile in _PROFILES for mode in (1, 0))
)
"""Each by its own name: what a viewer below can decode depends on the exact profile."""
VIDEO: Final = ((96, "VP8/90000", ""), *_H264)
_CANDIDATE: Final = re.compile(r"a=candidate:\S+ 1 udp \d+ (\S+) (\d+) typ host", re.I)


class NotAnAnswer(ValueError):
    """The other side's words make no connection."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What was agreed. `role` is our DTLS role."""

    credentials: Credentials
    fingerprints: tuple[Fingerprint, ...]
    role: str
    candidates: tuple[tuple[str, int], ...]
    tracks: tuple[TrackDescription, ...]


def offer_text(local: Credentials, fingerprint: Fingerprint, kinds: Sequence[Kind]) -> str:
    """One receive-only line a kind, with every codec that a relay passes on, and no retransmission streams: repairs
    then come on the media's own SSRC."""
    text = ["v=0", f"o=- {secrets.randbits(62)} 1 IN IP4 0.0.0.0", "s=-", "t=0 0"]
    text += [f"a=group:BUNDLE {' '.join(kinds)}", "a=msid-semantic: WMS *"]
    for kind in kinds:
        formats = AUDIO if kind == "audio" else VIDEO
        text += [f"m={kind} 9 UDP/TLS/RTP/SAVPF {' '.join(str(number) for number, _, _ in formats)}"]
        text += ["c=IN IP4 0.0.0.0", "a=rtcp-mux", f"a=mid:{kind}", "a=recvonly", "a=setup:actpass"]
        text += [*answer.ice_lines(local), f"a=fingerprint:{fingerprint.algorithm} {fingerprint.value}"]
        for number, name, parameters in formats:
            text += [f"a=rtpmap:{number} {name}", f"a=rtcp-fb:{number} nack"]
            text += [f"a=rtcp-fb:{number} nack pli"] if kind == "video" else []
            text += [f"a=fmtp:{number} {parameters}"] if parameters else []
    return "\r\n".join(text) + "\r\n"


def read_answer(body: bytes) -> Answer:
    """Raises NotAnAnswer."""
    try:
        said = offer.read(body)
    except Problem as problem:
        raise NotAnAnswer(problem.en) from None
    lines = [line for line in body.decode().splitlines() if line.startswith("a=candidate:")]
    found = [match for line in dict.fromkeys(lines) if (match := _CANDIDATE.fullmatch(line.strip()))]
    tracks = tuple(
        TrackDescription(
            cast(Kind, one.kind), one.mid, {f.payload_type: f.codec for f in one.formats}, red=next(iter(one.red), None)
        )
        for one in said.sections
        if one.sends and one.formats
    )
    if not found or not tracks:
        raise NotAnAnswer("the answer has no address or no media")
    candidates = tuple((match[1], int(match[2])) for match in found)
    return Answer(said.credentials, said.fingerprints, answer.dtls_role(said), candidates, tracks)


class CallingAgent(IceAgent):
    """Pure. Send what `due` gives; hand every STUN answer to `answered`, and say `heard` when media came."""

    def __init__(self, local: Credentials, remote: Credentials, paths: Sequence[Path], now: float) -> None:
        super().__init__(remote, now)
        username = f"{local.ufrag}:{remote.ufrag}".encode()
        self.current = Generation(0, local, remote, username, local.password.encode())
        self.round_trip: float | None = None
        self._paths = list(paths)
        self._asked: dict[bytes, float] = {}
        self._next = now
        self._tie = secrets.token_bytes(8)

    def due(self, now: float) -> list[tuple[Path, bytes]]:
        """Checks to send now: to every address until one has answered, then to that one."""
        if now < self._next or (self.selected and now - self.last_check < REPEAT and self._consented(now)):
            return []
        self._next = now + REPEAT
        return [(path, self._request(now)) for path in ([self.selected] if self.selected else self._paths)]

    def _consented(self, now: float) -> bool:
        return bool(self._asked) and now - next(reversed(self._asked.values())) < CONSENT

    def _request(self, now: float) -> bytes:
        transaction = secrets.token_bytes(12)
        self._asked[transaction] = now
        while len(self._asked) > UNDER_WAY:
            del self._asked[next(iter(self._asked))]
        remote = self.current.remote
        attributes = [
            (stun.USERNAME, f"{remote.ufrag}:{self.current.local.ufrag}".encode()),
            (stun.PRIORITY, ((110 << 24) + (65535 << 8) + 255).to_bytes(4, "big")),
            (stun.ICE_CONTROLLING, self._tie),
            (stun.USE_CANDIDATE, b""),
        ]
        return stun.build(stun.BINDING_REQUEST, transaction, attributes, remote.password.encode())

    def answered(self, message: stun.Message, path: Path, now: float) -> bool:
        """Whether the path is a good one; the first is taken."""
        at = self._asked.get(message.transaction)
        if at is None or message.kind != stun.BINDING_SUCCESS:
            return False
        if not stun.authentic(message, self.current.remote.password.encode()):
            return False
        self.round_trip = now - at
        self.last_check = now
        self.selected = self.selected or path
        return True

    def heard(self, now: float) -> None:
        self.last_check = now

    def expired(self, now: float) -> bool:
        return now - self.last_check > DEAD


def paths_to(candidates: Sequence[tuple[str, int]], families: Sequence[bool]) -> list[Path]:
    """Each candidate from each of our sockets that speaks its family; `families`: for each socket, whether IPv6."""
    found: list[Path] = []
    for host, port in candidates:
        address: Address = (host, port, 0, 0) if ":" in host else (host, port)
        found += [Path(index, address) for index, six in enumerate(families) if six == (":" in host)]
    return found
