"""When something that is no person publishes, the demo teacher or a recording host: whenever nobody else does. Pure;
`now` in seconds."""

from __future__ import annotations

import json
from typing import Literal

from classroom.interaction.log import Entry
from classroom.interaction.state import LessonState, apply, whole

Act = Literal["broadcast", "yield", "begin again", "over"]

ROOM_SLOTS = ("room1", "room2", "room3")
# ffmpeg may not notice that its relay has gone; a relay that restarts, or a Valkey, is silent for less
UNHEARD_SECONDS = 8.0


class Manners:
    """Hears the lesson's messages (PROTOCOL.md) and says what to do. `slot` is `room` for the room's own one."""

    def __init__(self, slot: str = "teacher") -> None:
        self.state = LessonState()
        self._slot = slot
        self._me: str | None = None
        self._room: str | None = None
        self._unheard_since: float | None = None

    def hear(self, text: str) -> bool:
        """Take one message; true when it wants a pong."""
        message = json.loads(text)
        if message["type"] == "state":
            self._me, self._room = message["you"]["person"], message["you"].get("room")
            self.state = whole(message["seq"], [entry(fact) for fact in message["facts"]])
        elif "key" in message:
            self.state = apply(self.state, entry(message))
        return bool(message["type"] == "ping")

    def act(self, encoding_since: float | None, now: float) -> Act | None:
        """None: the state is not known yet, so go on as before."""
        if self._me is None:
            return None
        if self._fact(("lesson", "")).get("state") == "ended":
            return "over"
        slot = self._held()
        if slot.get("live") and slot.get("person") != self._me:
            return "yield"
        return "begin again" if self._unheard(bool(slot.get("live")), encoding_since, now) else "broadcast"

    def _unheard(self, live: bool, encoding_since: float | None, now: float) -> bool:
        """Whether it has been sending for a while and the relay still says that nobody is there."""
        if live or encoding_since is None:
            self._unheard_since = None
            return False
        if self._unheard_since is None or self._unheard_since < encoding_since:
            self._unheard_since = now
        return now - self._unheard_since >= UNHEARD_SECONDS

    def _held(self) -> dict[str, object]:
        """What is known of the slot."""
        if self._slot != "room":
            return self._fact(("slot", self._slot))
        rooms = [self._fact(("slot", name)) for name in ROOM_SLOTS]
        return next((one for one in rooms if one.get("live") and one.get("room") == self._room), {})

    def _fact(self, name: tuple[str, str]) -> dict[str, object]:
        found = self.state.facts.get(name)
        return dict(found.body or {}) if found else {}


def entry(message: dict[str, object]) -> Entry:
    """A fact or `gone` as it came over the socket."""
    body = {name: value for name, value in message.items() if name not in ("type", "seq", "key")}
    seq, key = int(str(message["seq"])), str(message["key"])
    if message["type"] == "gone":
        return Entry(seq, str(message["fact"]), key, None)
    return Entry(seq, str(message["type"]), key, body)
