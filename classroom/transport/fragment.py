"""The body of a PATCH: an SDP fragment for trickled candidates and ICE restarts (RFC 8840, RFC 9725 section 4.3)."""

from collections.abc import Sequence

from classroom.transport.answer import candidate_lines, ice_lines
from classroom.transport.ice import Credentials
from core.errors import BadInput, TooLarge

MOST_BYTES = 16 * 1024


def read(body: bytes) -> Credentials:
    """The credentials that the fragment is about. Its candidates are not looked at: a lite agent checks none."""
    if len(body) > MOST_BYTES:
        raise TooLarge("fragment-too-large", zh="SDP 片段超过 16 KB。", en="The SDP fragment is larger than 16 KB.")
    lines = body.decode("utf-8", "replace").splitlines()
    ufrag, password = _first(lines, "a=ice-ufrag:"), _first(lines, "a=ice-pwd:")
    if not ufrag or not password or any(line[1:2] != "=" for line in lines if line):
        zh = "SDP 片段格式不对：需要 a=ice-ufrag 和 a=ice-pwd。"
        en = "The SDP fragment is malformed: it needs a=ice-ufrag and a=ice-pwd."
        raise BadInput("fragment-malformed", zh=zh, en=en)
    return Credentials(ufrag, password)


def _first(lines: list[str], prefix: str) -> str | None:
    found = next((line.removeprefix(prefix).strip() for line in lines if line.startswith(prefix)), None)
    return found if found and len(found) <= 256 and found.isascii() else None


def write(credentials: Credentials, candidates: Sequence[tuple[str, int]]) -> str:
    text = ["a=ice-lite", *ice_lines(credentials), *candidate_lines(candidates)]
    return "\r\n".join(text) + "\r\n"
