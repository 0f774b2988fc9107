"""Two relays' lessons with a leg between them, in memory, under a hand clock: what crosses the hop."""

import random

from classroom.cascade.gathered import Gathered, Pulled
from classroom.relay.description import OPUS, VP8, LineDescription, TrackDescription
from classroom.relay.publication import Publication
from classroom.relay.subscription import Subscription
from classroom.rtp import header
from tests.classroom.relay.peers import STEP, Teacher, Ticket, Viewer, Wire, WireLink, World

PAYLOAD_TYPE = 96


class Leg:
    """One part of the teacher's slot, from one lesson into a publication of the other's."""

    def __init__(self, above: World, below: World, part: str, loss: float = 0.0) -> None:
        self.above, self.below, self.part = above, below, part
        chance = random.Random(part)
        self.down, self.up = Wire(chance, loss=loss), Wire(chance, loss=loss)
        voice = part == "voice"
        codec = OPUS if voice else VP8
        line = LineDescription("teacher", "audio" if voice else "video", "0", {codec: PAYLOAD_TYPE})
        self.subscription = Subscription(WireLink(above, self.down), Ticket("relay"), [line], part)
        above.lesson.subscribe(self.subscription, above.now)
        layer = "f" if voice else part
        track = TrackDescription(line.kind, "0", {PAYLOAD_TYPE: codec}, layer=layer)
        self.publication = Publication(WireLink(below, self.up), Pulled(), "teacher", [track])

    def step(self) -> None:
        for packet in self.down.take(self.above.now):
            rtcp = header.is_rtcp(packet)
            (self.publication.on_rtcp if rtcp else self.publication.on_rtp)(packet, self.below.now)
        for packet in self.up.take(self.above.now):
            self.subscription.on_rtcp(packet, self.above.now)


class Hop:
    """A teacher above, a viewer below."""

    def __init__(self, loss: float = 0.0) -> None:
        self.above, self.below = World(1), World(2)
        self.below.now = self.above.now
        self.teacher = Teacher(self.above)
        self.whole = Gathered("teacher", ("voice", "f"))
        self.below.lesson.publish(self.whole, self.below.now)
        self.legs: list[Leg] = []
        for part in self.whole.names:
            self.pull(part, loss)

    def pull(self, part: str, loss: float = 0.0) -> Leg:
        leg = Leg(self.above, self.below, part, loss)
        self.whole.join(part, leg.publication, self.below.now)
        self.legs.append(leg)
        return leg

    def run(self, seconds: float) -> None:
        for _ in range(round(seconds / STEP)):
            self.above.run(STEP)
            for leg in self.legs:
                leg.step()
            self.below.run(STEP)

    def calm(self) -> None:
        for leg in self.legs:
            leg.down.loss = leg.up.loss = 0.0


def test_voice_and_picture_come_down_a_hop() -> None:
    hop = Hop()
    viewer = Viewer(hop.below)
    hop.run(2.0)
    assert len(viewer.audio.packets) > 80
    assert len(viewer.video.packets) > 200
    assert viewer.audio.holes() == viewer.video.holes() == 0


def test_what_is_lost_on_the_hop_is_repaired_there() -> None:
    hop = Hop(loss=0.05)
    viewer = Viewer(hop.below)
    hop.run(3.0)
    hop.calm()
    hop.run(1.0)
    assert sum(leg.down.lost for leg in hop.legs) > 10
    assert viewer.audio.holes() == viewer.video.holes() == 0
    assert hop.teacher.nacked == 0


def test_a_key_frame_request_crosses_the_hop() -> None:
    hop = Hop()
    viewer = Viewer(hop.below)
    hop.run(4.0)
    before = hop.teacher.asked_key_frames
    viewer.ask_key_frame()
    hop.run(1.0)
    assert hop.teacher.asked_key_frames == before + 1


def test_voice_and_picture_stay_together_over_the_hop() -> None:
    """Sender reports of both kinds name moments of one clock."""
    hop = Hop()
    viewer = Viewer(hop.below)
    hop.run(3.0)
    assert viewer.audio.reports
    assert viewer.video.reports
    assert hop.whole.flowing("audio", hop.below.now, 1.0)
    assert hop.whole.flowing("video", hop.below.now, 1.0)


def test_another_leg_takes_over_at_its_first_packet_and_the_viewers_numbers_go_on() -> None:
    hop = Hop()
    viewer = Viewer(hop.below)
    hop.run(2.0)
    before = hop.legs[1]
    after = hop.pull("f")
    hop.run(2.0)
    assert before.publication.closed
    assert not after.publication.closed
    assert viewer.video.holes() == 0
    pictures = len(viewer.video.packets)
    hop.legs.remove(before)
    hop.run(1.0)
    assert len(viewer.video.packets) > pictures


def test_whoever_publishes_here_goes_before_what_is_pulled() -> None:
    hop = Hop()
    hop.run(1.0)
    own = Teacher(hop.below)
    hop.run(1.0)
    assert hop.whole.closed
    assert hop.below.lesson.slot("teacher").publication is own.publication


def test_a_leg_that_leaves_lets_the_other_part_go_on() -> None:
    hop = Hop()
    viewer = Viewer(hop.below)
    hop.run(1.0)
    hop.whole.leave("f", hop.legs[1].publication)
    voices = len(viewer.audio.packets)
    hop.run(1.0)
    assert len(viewer.audio.packets) > voices + 40
