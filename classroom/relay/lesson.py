"""A lesson in the relay: its slots, who publishes into them, who subscribes to them. Plain functions; the edge drives it."""

from __future__ import annotations

from typing import NamedTuple

from classroom.relay.description import Kind
from classroom.relay.fanout import Fanout
from classroom.relay.publication import Publication
from classroom.relay.slot import Slot
from classroom.relay.subscription import Subscription


class Announcement(NamedTuple):
    """What a viewer's answer says of one line: `a=ssrc:SSRC cname:CNAME`, `a=msid:MSID …`, and with RTX the FID group."""

    ssrc: int
    rtx_ssrc: int
    cname: str
    msid: str


class Lesson:
    """Call `tick` every 10 to 20 ms. `slots` fills on demand."""

    slots: dict[str, Slot]

    def __init__(self, id: str, now: float, fanout: Fanout) -> None: ...

    def announce(self, slot: str, kind: Kind) -> Announcement:
        """The slot's canonical stream, to write into an answer; the same for every viewer as long as the lesson lives.
        ValueError for a slot name that no lesson has."""

    def main_slot(self) -> str:
        """The slot for a plain player with one audio and one video line: `teacher`, or `board` while only that is live."""

    def publish(self, publication: Publication, now: float) -> Publication | None:
        """Put a publication into its slot. Returns the one it replaced (already closed here: close its peer), or None.
        Raises Conflict("slot-taken") for another person's slot."""

    def unpublish(self, publication: Publication, now: float) -> None:
        """The slot falls silent; viewers stay. Nothing happens if it was replaced before."""

    def subscribe(self, subscription: Subscription, now: float) -> None:
        """Bind every line to its slot. Media starts when the link is connected: call `subscription.link_changed(now)`."""

    def unsubscribe(self, subscription: Subscription) -> None:
        """After it returns nothing holds the link's SRTP context any more."""

    def tick(self, now: float) -> None: ...
