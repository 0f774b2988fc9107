"""A lesson in the relay: its slots, who publishes into them, who subscribes to them. Plain functions; the edge
drives it."""

from __future__ import annotations

import random
from collections import deque
from typing import NamedTuple

from classroom.relay.budget import Budget
from classroom.relay.choice import Choice
from classroom.relay.counters import Counters
from classroom.relay.description import LAYERS, Kind, LineDescription
from classroom.relay.fanout import Fanout
from classroom.relay.link import Rights
from classroom.relay.publication import Publication
from classroom.relay.slot import Slot
from classroom.relay.stream import SlotStream
from classroom.relay.subscription import REPORT_INTERVAL, Subscription
from core.errors import Conflict

ROOM_SLOTS = ("room1", "room2", "room3")
SLOTS = ("teacher", "board", "voice", "guest", *ROOM_SLOTS)

# Packets replayed to late viewers, a second and at once: some thirty that come one by one. A class that comes at once
# gets one key frame for all instead, for half of its joins' work would be replays.
REPLAY_RATE = 5_000
REPLAY_BURST = 3_000


class Announcement(NamedTuple):
    """What a viewer's answer says of one line: `a=ssrc:SSRC cname:CNAME`, `a=msid:MSID …`, and with RTX the FID
    group."""

    ssrc: int
    rtx_ssrc: int
    cname: str
    msid: str


class Lesson:
    """Call `tick` every 10 to 20 ms. `slots` fills on demand. While it is `paused`, no picture and no voice leaves."""

    def __init__(self, id: str, now: float, fanout: Fanout, counters: Counters) -> None:
        self.id = id
        self.opened = now
        self.paused = False
        self.slots: dict[str, Slot] = {}
        self.subscriptions: dict[Subscription, None] = {}
        self._fanout = fanout
        self._counters = counters
        self._replays = Budget(REPLAY_RATE, REPLAY_BURST)
        self._ssrcs: set[int] = set()
        # Each is appended with the same delay, so the first is always due first.
        self._reports_due: deque[tuple[float, Subscription]] = deque()

    def slot(self, name: str) -> Slot:
        """ValueError for a name that no lesson has."""
        if name not in SLOTS:
            raise ValueError(f"no slot {name!r}")
        if name not in self.slots:
            layers: dict[Kind, dict[str, SlotStream]] = {
                "audio": self._streams(name, "audio", ("f",)),
                "video": self._streams(name, "video", LAYERS),
            }
            self.slots[name] = Slot(name, layers, self._counters)
            self.slots[name].on_change = self._steer
        return self.slots[name]

    def _streams(self, slot: str, kind: Kind, layers: tuple[str, ...]) -> dict[str, SlotStream]:
        ssrcs = (self._new_ssrc(), self._new_ssrc())
        made = (self._fanout, self._counters, self._replays)
        return {layer: SlotStream(f"{slot} {kind}", kind, ssrcs, *made, layer) for layer in layers}

    def pause(self, paused: bool, now: float) -> None:
        """Or go on: pictures come back with their next key frames."""
        if paused == self.paused:
            return
        self.paused = paused
        for subscription in self.subscriptions:
            subscription.paused = paused
            subscription.steer(now)

    def _steer(self, now: float) -> None:
        for subscription in self.subscriptions:
            subscription.steer(now)

    def _new_ssrc(self) -> int:
        """Never twice in a lesson: two streams under one SSRC would share nonces."""
        while (ssrc := random.getrandbits(32)) in self._ssrcs or ssrc == 0:
            pass
        self._ssrcs.add(ssrc)
        return ssrc

    def announce(self, slot: str, kind: Kind) -> Announcement:
        """The slot's canonical stream, to write into an answer; the same for every viewer as long as the lesson lives.
        ValueError for a slot name that no lesson has."""
        stream = self.slot(slot).streams[kind]
        return Announcement(stream.ssrc, stream.rtx_ssrc, stream.cname, slot)

    def publish(self, publication: Publication, now: float) -> Publication | None:
        """Put a publication into its slot; `room` becomes the person's own or the first free of room1 to room3, and
        `publication.slot` says which. Returns the one that it replaces, or None: viewers see that one until the new
        one's first packet, then its `on_replaced` is called. Closing its peer before is allowed and leaves a short
        gap. Conflict("slot-taken") for another person's slot, Conflict("rooms-full"), ValueError for an unknown
        slot."""
        if publication.slot == "room":
            publication.slot = self._room_for(publication)
        return self.slot(publication.slot).take(publication, now)

    def _room_for(self, publication: Publication) -> str:
        holders = {name: self.slot(name).publication for name in ROOM_SLOTS}
        for name, holder in holders.items():
            if holder is not None and _of_one_room(holder.ticket, publication.ticket):
                return name
        for name, holder in holders.items():
            if holder is None:
                return name
        raise Conflict(
            "rooms-full",
            zh="已有三间互动教室在线，本节课不能再加入。",
            en="Three interactive rooms are connected already; this lesson takes no more.",
        )

    def unpublish(self, publication: Publication, now: float) -> None:
        """The slot falls silent; viewers stay. Nothing happens if it was replaced before."""
        self.slot(publication.slot).leave(publication, now)

    def subscribe(self, subscription: Subscription, now: float) -> None:
        """Bind every line to its slot; ValueError for an unknown one, or for two lines on one stream. Media starts
        when the link is connected: call `subscription.link_changed(now)`."""
        wanted = [(line.slot, line.kind) for line in subscription.lines]
        if len(set(wanted)) < len(wanted):
            raise ValueError("two lines want the same stream")
        choices = [self._choice(line) for line in subscription.lines]
        self.subscriptions[subscription] = None
        subscription.paused = self.paused
        subscription.attach(choices, self._fanout, self._counters, now)
        self._reports_due.append((now + REPORT_INTERVAL, subscription))

    def _choice(self, line: LineDescription) -> Choice:
        """The teacher's voice has a thin stand-in."""
        thin = self.slot("voice") if (line.slot, line.kind) == ("teacher", "audio") else None
        return Choice(line.kind, self.slot(line.slot), self.slot(line.instead) if line.instead else None, thin)

    def unsubscribe(self, subscription: Subscription, now: float) -> None:
        """After it returns nothing holds the link's SRTP context any more."""
        if subscription in self.subscriptions:
            del self.subscriptions[subscription]
            subscription.detach(now)

    def tick(self, now: float) -> None:
        for slot in self.slots.values():
            slot.tick(now)
        while self._reports_due and self._reports_due[0][0] <= now:
            _, subscription = self._reports_due.popleft()
            if not subscription.closed:
                subscription.report(now)
                self._reports_due.append((now + REPORT_INTERVAL, subscription))


def _of_one_room(present: Rights, newcomer: Rights) -> bool:
    """The same person, or a room's people and its recording host, who share the room's slot."""
    both_human = present.human and newcomer.human
    same_room = newcomer.room is not None and present.room == newcomer.room
    return present.person == newcomer.person or (same_room and not both_human)
