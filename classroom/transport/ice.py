"""One peer's ICE-lite agent, pure: it answers checks and knows where the peer is (RFC 8445, lite sections; RFC 7675).

A lite agent sends no checks. It is always controlled; the address it sends to changes only by a check whose
MESSAGE-INTEGRITY was made with the peer's own password. `now` is monotonic seconds, `Path` says which of our sockets
heard which address.
"""

import secrets
import struct
from dataclasses import dataclass
from typing import Final, NamedTuple

from classroom.transport import stun

CONSENT: Final = 30.0
"Seconds without a valid check after which the peer is gone (RFC 7675 section 5.1)."
RETIRED: Final = 30.0
"Seconds for which the credentials before a restart stay valid: browsers' new sockets check with the old ones first."
SILENT: Final = 6.0
"A path without a check for this long may be left without nomination: a NAT moved the peer. Browsers check each 2–5 s."
MOST_PATHS: Final = 16
DOUBTED: Final = 7.0
"""Who is said to have gone has so long for a sign of life: checks come each 2–6 s, reports each second."""

Address = tuple[str, int] | tuple[str, int, int, int]


class Path(NamedTuple):
    socket: int
    address: Address


@dataclass(frozen=True, slots=True)
class Credentials:
    ufrag: str
    password: str

    @classmethod
    def new(cls) -> "Credentials":
        """64 and 128 random bits (RFC 8445 section 5.3 asks for at least 24 and 128)."""
        return cls(secrets.token_hex(8), secrets.token_hex(16))


@dataclass(frozen=True, slots=True)
class Generation:
    """The credentials of both sides between two restarts."""

    number: int
    local: Credentials
    remote: Credentials
    username: bytes
    password: bytes

    @classmethod
    def new(cls, number: int, remote: Credentials) -> "Generation":
        local = Credentials.new()
        return cls(number, local, remote, f"{local.ufrag}:{remote.ufrag}".encode(), local.password.encode())


class Verdict(NamedTuple):
    """What to send back (None: nothing), what to count, and whether packets now go elsewhere."""

    reply: bytes | None
    kind: str
    moved: bool = False


class IceAgent:
    def __init__(self, remote: Credentials, now: float) -> None:
        self.current = Generation.new(0, remote)
        self.selected: Path | None = None
        self.last_check = now
        self.consent = CONSENT
        self._undoubted: float | None = None
        self._retired: Generation | None = None
        self._retired_until = 0.0
        self._selected_by = -1
        self._heard: dict[Path, float] = {}

    @property
    def local(self) -> Credentials:
        return self.current.local

    @property
    def ufrags(self) -> list[str]:
        generations = (self.current, self._retired)
        return [generation.local.ufrag for generation in generations if generation]

    @property
    def paths(self) -> list[Path]:
        """Where valid checks have come from: packets from there belong to this peer."""
        return list(self._heard)

    def restart(self, remote: Credentials, now: float) -> Credentials:
        """New credentials of ours for the peer's new ones (RFC 8445 section 9); the old pair is retired, not dead."""
        self._retired, self._retired_until = self.current, now + RETIRED
        self.current = Generation.new(self.current.number + 1, remote)
        return self.current.local

    def retire(self, now: float) -> bool:
        """Forgets the credentials before a restart when their time has run out; says so once."""
        if self._retired is None or now < self._retired_until:
            return False
        self._retired = None
        return True

    def expired(self, now: float) -> bool:
        return now - self.last_check > self.consent

    def doubt(self, now: float) -> None:
        """Something that nobody can prove says that the peer has gone: its next check shows that it has not, and
        `reassure` does."""
        if self._undoubted is None:
            self._undoubted = self.last_check
        self.last_check = min(self.last_check, now - self.consent + DOUBTED)

    def reassure(self) -> None:
        """It has sent what only it can send."""
        if self._undoubted is not None:
            self.last_check, self._undoubted = max(self.last_check, self._undoubted), None

    def heard_within(self, path_address: Address, seconds: float, now: float) -> bool:
        return any(p.address == path_address and now - at <= seconds for p, at in self._heard.items())

    def check(self, message: stun.Message, path: Path, now: float) -> Verdict:
        """Answers one binding request (RFC 8445 section 7.3)."""
        generation = self._generation(message.attributes.get(stun.USERNAME, b""), now)
        if generation is None:
            return Verdict(_refusal(message, 401), "stun_wrong_username")
        if not stun.authentic(message, generation.password):
            return Verdict(_refusal(message, 401), "stun_wrong_integrity")
        if message.unknown:
            return Verdict(_unknown(message, generation.password), "stun_unknown_attribute")
        if stun.ICE_CONTROLLED in message.attributes:
            # Both think they are controlled; a lite agent never controls a full one, so the peer has to switch.
            return Verdict(_refusal(message, 487, generation.password), "stun_role_conflict")
        moved = self._accept(generation, path, stun.USE_CANDIDATE in message.attributes, now)
        return Verdict(_success(message, path.address, generation.password), "stun_check", moved)

    def _generation(self, username: bytes, now: float) -> Generation | None:
        if username == self.current.username:
            return self.current
        if self._retired is not None and username == self._retired.username and now < self._retired_until:
            return self._retired
        return None

    def _accept(self, generation: Generation, path: Path, nominated: bool, now: float) -> bool:
        self.last_check, self._undoubted = now, None
        self._hear(path, now)
        if path == self.selected:
            self._selected_by = max(self._selected_by, generation.number)
            return False
        if not self._better(generation, nominated, now):
            return False
        self.selected, self._selected_by = path, generation.number
        return True

    def _better(self, generation: Generation, nominated: bool, now: float) -> bool:
        if self.selected is None:
            return True
        if generation.number < self._selected_by:
            return False  # a check from before the restart does not undo it
        return nominated or now - self._heard.get(self.selected, 0.0) > SILENT

    def _hear(self, path: Path, now: float) -> None:
        if path not in self._heard and len(self._heard) >= MOST_PATHS:
            oldest = min((p for p in self._heard if p != self.selected), key=self._heard.__getitem__)
            del self._heard[oldest]
        self._heard[path] = now


def _success(message: stun.Message, address: Address, password: bytes) -> bytes:
    mapped = stun.xor_address(address[0], address[1], message.transaction)
    return stun.build(stun.BINDING_SUCCESS, message.transaction, [(stun.XOR_MAPPED_ADDRESS, mapped)], password)


def _refusal(message: stun.Message, code: int, password: bytes | None = None) -> bytes:
    return stun.build(stun.BINDING_ERROR, message.transaction, [(stun.ERROR_CODE, stun.error_code(code))], password)


def _unknown(message: stun.Message, password: bytes) -> bytes:
    names = message.unknown[:8]
    attributes = [
        (stun.ERROR_CODE, stun.error_code(420)),
        (stun.UNKNOWN_ATTRIBUTES, struct.pack(f"!{len(names)}H", *names)),
    ]
    return stun.build(stun.BINDING_ERROR, message.transaction, attributes, password)
