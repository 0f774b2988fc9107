"""What becomes of a client's message: a fact to write, a problem to answer, or nothing. Pure; `now` in seconds."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC, datetime

from pydantic import ValidationError

from classroom.interaction.messages import FROM_CLIENT, ClientMessage, Mute, Pause, Problem
from core.tickets import Ticket

LARGEST_MESSAGE = 4096
BURST = 20
PER_SECOND = 5.0
MOST_REFUSALS = 100

WORDS = {
    "not-json": ("这条消息不是 JSON 对象，没有处理。", "The message is not a JSON object and was left aside."),
    "unknown-type": ("没有这种消息：{0}。", "There is no message of type {0}."),
    "bad-field": ("消息里有一项不对：{0}。", "A field of the message is wrong: {0}."),
    "not-allowed": ("只有主讲教师可以这样做。", "Only the lead teacher may do this."),
    "too-fast": (
        "消息发得太快，这一条没有处理，请稍后再发。",
        "Messages come too fast; this one was left aside. Send it again in a moment.",
    ),
    "not-now": ("现在记不下来，请过几秒再试。", "It cannot be written down just now. Try again in a few seconds."),
}


@dataclass(frozen=True)
class Said:
    """To be appended to the lesson's log."""

    type: str
    key: str
    body: dict[str, object]
    id: str | None


def problem(code: str, id: str | None = None, about: str = "") -> Problem:
    zh, en = WORDS[code]
    return Problem.model_validate(
        {"code": code, "detail_zh": zh.format(about), "detail_en": en.format(about), "id": id}
    )


def take(text: str, ticket: Ticket, now: float) -> Said | Problem | None:
    """Judge one text frame of at most LARGEST_MESSAGE bytes."""
    try:
        raw = json.loads(text)
    except (ValueError, RecursionError):
        return problem("not-json")
    if not isinstance(raw, dict):
        return problem("not-json")
    id = raw.get("id") if isinstance(raw.get("id"), str) else None
    try:
        message = FROM_CLIENT.validate_python(raw)
    except ValidationError as error:
        return _wrong(error, id)
    return _judge(message, ticket, now)


def _judge(message: ClientMessage, ticket: Ticket, now: float) -> Said | Problem | None:
    if not isinstance(message, Pause | Mute):
        return None
    if ticket.role != "teacher":
        return problem("not-allowed", message.id)
    signature = {"by": ticket.name, "since": datetime.fromtimestamp(now, UTC).isoformat().replace("+00:00", "Z")}
    if isinstance(message, Pause):
        return Said("paused", "", {"paused": message.paused, **signature}, message.id)
    body = {"slot": message.slot, "muted": message.muted, **signature}
    return Said("muted", message.slot, body, message.id)


def _wrong(error: ValidationError, id: str | None) -> Problem:
    first = error.errors(include_url=False, include_input=False)[0]
    if first["type"] in ("union_tag_invalid", "union_tag_not_found"):
        return problem("unknown-type", _short(id), str(first.get("ctx", {}).get("tag", "-"))[:40])
    return problem("bad-field", _short(id), str(first["loc"][-1])[:40])


def _short(id: str | None) -> str | None:
    return id if id is not None and len(id) <= 64 else None


class Pace:
    """How fast one socket may speak: BURST at once, PER_SECOND in the long run."""

    def __init__(self, now: float):
        self._left = float(BURST)
        self._at = now
        self.refused = 0

    def allows(self, now: float) -> bool:
        self._left = min(BURST, self._left + (now - self._at) * PER_SECOND)
        self._at = now
        if self._left < 1:
            return False
        self._left -= 1
        return True
