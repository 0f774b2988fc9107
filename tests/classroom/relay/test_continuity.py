"""Publishers come and go; a viewer's stream goes on."""

from itertools import pairwise

import pytest

from classroom.relay.description import VP8, Codec
from classroom.relay.down_track import DownState
from classroom.rtp import header, vp8
from core.errors import Conflict
from tests.classroom.relay.peers import H264, Teacher, Viewer, World


def pictures(viewer: Viewer) -> list[vp8.Descriptor]:
    return [vp8.parse(payload, 0, len(payload)) for payload in viewer.video.payloads()]


def assert_pictures_are_numbered_without_a_seam(viewer: Viewer) -> None:
    for earlier, later in pairwise(pictures(viewer)):
        assert later.picture_id == (earlier.picture_id + later.start) % 2**15
        assert later.tl0picidx == (earlier.tl0picidx + later.start) % 256


def test_a_publisher_who_returns_continues_numbers_time_and_pictures() -> None:
    world = World()
    first = Teacher(world, frame=500)
    viewer = Viewer(world)
    world.run(1.0)
    first.sending = False
    world.run(0.1)
    world.lesson.unpublish(first.publication, world.now)
    world.run(2.0)
    before = len(viewer.video.packets)
    Teacher(world, frame=9)
    world.run(1.0)
    assert before < len(viewer.video.packets)
    assert viewer.video.holes() == viewer.audio.holes() == 0
    assert_pictures_are_numbered_without_a_seam(viewer)
    steps = [(later - earlier) % 2**32 for earlier, later in pairwise(viewer.video.timestamps())]
    assert sorted(set(steps))[:2] == [0, 3000]
    assert max(steps) == pytest.approx(2.1 * 90000, rel=0.03), "a jump as long as the gap on the wall clock"


def test_a_takeover_while_the_old_one_still_sends_is_seamless() -> None:
    world = World(loss=0.03, reorder=0.03)
    Teacher(world, person="demo", human=False, frame=32_760)
    viewer = Viewer(world)
    world.run(1.0)
    human = Teacher(world, person="teacher")
    world.run(2.0)
    world.calm()
    world.run(1.0)
    assert human.replaced is not None
    assert human.replaced.closed
    assert world.counters.dropped_closed > 100
    assert viewer.video.holes() == viewer.audio.holes() == 0
    assert_pictures_are_numbered_without_a_seam(viewer)
    assert all((later - earlier) % 2**32 < 2**31 for earlier, later in pairwise(viewer.video.timestamps()))


def test_the_announced_ssrc_never_changes() -> None:
    world = World()
    before = world.lesson.announce("teacher", "video")
    Teacher(world)
    world.run(0.5)
    Teacher(world)
    world.run(0.5)
    assert world.lesson.announce("teacher", "video") == before


@pytest.mark.parametrize(("one", "other"), [(VP8, H264), (H264, VP8)])
def test_another_codec_flows_under_the_viewers_own_payload_type(one: Codec, other: Codec) -> None:
    world = World(loss=0.02)
    viewer = Viewer(world, codecs={VP8: 120, H264: 121})
    Teacher(world, codec=one)
    world.run(1.0)
    Teacher(world, codec=other)
    world.run(1.0)
    world.calm()
    world.run(1.0)
    types = [header.payload_type(viewer.video.packets[number]) for number in viewer.video.numbers()]
    assert set(types) == {120, 121}
    assert types == sorted(types, reverse=one is H264)


def test_a_viewer_who_cannot_take_the_codec_hears_and_is_told() -> None:
    world = World()
    Teacher(world, codec=H264)
    viewer = Viewer(world, codecs={VP8: 100})
    world.run(0.5)
    assert not viewer.video.packets
    assert viewer.audio.packets
    assert viewer.subscription.quality(world.now).unsupported == ("teacher video",)
    Teacher(world, codec=VP8)
    world.run(0.5)
    assert viewer.video.packets
    assert viewer.subscription.tracks[1].state is DownState.LIVE


def test_packets_sent_under_one_payload_type_are_never_sent_under_another() -> None:
    world = World()
    Teacher(world, codec=VP8)
    viewer = Viewer(world)
    viewer.asks = False
    world.run(1.0)
    old = viewer.video.numbers()[-1]
    Teacher(world, codec=H264)
    world.run(0.5)
    viewer.subscription.tracks[1].repair([old & 0xFFFF], world.now)
    assert world.counters.repairs_missing == 1


class TestWhoMayPublish:
    def test_the_same_person_replaces_herself(self) -> None:
        world = World()
        first = Teacher(world)
        second = Teacher(world)
        assert second.replaced is first.publication

    def test_the_one_replaced_is_seen_until_the_first_packet_of_the_next(self) -> None:
        world = World()
        first = Teacher(world)
        viewer = Viewer(world)
        ended: list[float] = []
        first.publication.on_replaced = ended.append
        world.run(1.0)
        seen = len(viewer.video.packets)
        second = Teacher(world, person="teacher")
        second.sending = False
        world.run(2.0)
        assert len(viewer.video.packets) > seen + 200
        assert world.lesson.slots["teacher"].state(world.now).live
        assert not ended
        second.next_picture = second.next_sound = second.next_report = world.now
        second.sending = True
        world.run(0.1)
        assert len(ended) == 1
        assert first.publication.closed
        arrivals = [viewer.video.packets[number] for number in viewer.video.order]
        steps = [(header.timestamp(b) - header.timestamp(a)) % 2**32 for a, b in pairwise(arrivals)]
        assert max(steps) <= 0.1 * 90000, "no gap longer than a tenth of a second"

    def test_one_who_leaves_before_the_first_packet_gives_the_slot_back(self) -> None:
        world = World()
        first = Teacher(world)
        world.run(0.5)
        second = Teacher(world, person="substitute", takeover=True)
        second.sending = False
        world.lesson.unpublish(second.publication, world.now)
        slot = world.lesson.slots["teacher"]
        assert slot.publication is first.publication
        assert slot.outgoing is None
        assert not first.publication.closed

    def test_a_third_ends_the_second_that_never_began(self) -> None:
        world = World()
        first, second = Teacher(world), Teacher(world)
        ended: list[float] = []
        second.publication.on_replaced = ended.append
        third = Teacher(world)
        assert ended
        assert second.publication.closed
        world.run(0.5)
        assert first.publication.closed
        assert world.lesson.slots["teacher"].publication is third.publication

    def test_another_person_is_refused_and_changes_nothing(self) -> None:
        world = World()
        first = Teacher(world)
        with pytest.raises(Conflict) as refusal:
            Teacher(world, person="somebody")
        assert refusal.value.code == "slot-taken"
        assert world.lesson.slots["teacher"].publication is first.publication
        assert not first.publication.closed

    def test_a_human_takes_over_from_the_demo_teacher_and_not_the_other_way(self) -> None:
        world = World()
        demo = Teacher(world, person="demo", human=False)
        human = Teacher(world)
        assert human.replaced is demo.publication
        with pytest.raises(Conflict):
            Teacher(world, person="demo", human=False)

    def test_a_substitute_with_the_right_takes_over(self) -> None:
        world = World()
        first = Teacher(world)
        assert Teacher(world, person="substitute", takeover=True).replaced is first.publication

    def test_a_slot_that_was_left_is_free(self) -> None:
        world = World()
        first = Teacher(world)
        world.lesson.unpublish(first.publication, world.now)
        assert Teacher(world, person="somebody").replaced is None

    def test_leaving_after_being_replaced_changes_nothing(self) -> None:
        world = World()
        first, second = Teacher(world), Teacher(world)
        world.lesson.unpublish(first.publication, world.now)
        assert world.lesson.slots["teacher"].publication is second.publication

    def test_rooms_get_the_first_free_of_three_places_and_keep_it(self) -> None:
        world = World()
        rooms = [Teacher(world, person=f"room {at}", slot="room").publication for at in range(3)]
        assert [room.slot for room in rooms] == ["room1", "room2", "room3"]
        assert Teacher(world, person="room 1", slot="room").publication.slot == "room2"
        with pytest.raises(Conflict) as refusal:
            Teacher(world, person="room 4", slot="room")
        assert refusal.value.code == "rooms-full"

    def test_a_rooms_recording_host_shares_the_rooms_place_and_gives_way_to_its_people(self) -> None:
        world = World()
        host = Teacher(world, person="host", human=False, room="r", slot="room").publication
        other = Teacher(world, person="other", room="s", slot="room").publication
        screen = Teacher(world, person="screen", room="r", slot="room").publication
        assert (host.slot, other.slot, screen.slot) == ("room1", "room2", "room1")
        with pytest.raises(Conflict) as refusal:
            Teacher(world, person="host", human=False, room="r", slot="room")
        assert refusal.value.code == "slot-taken"

    def test_an_unknown_slot_is_refused(self) -> None:
        world = World()
        with pytest.raises(ValueError, match="no slot"):
            Teacher(world, slot="kitchen")
        with pytest.raises(ValueError, match="no slot"):
            world.lesson.announce("kitchen", "video")


def test_a_slot_tells_who_is_live_and_with_what() -> None:
    world = World()
    teacher = Teacher(world, person="demo", human=False)
    slot = world.lesson.slots["teacher"]
    assert not slot.state(world.now).live
    world.run(0.5)
    state = slot.state(world.now)
    assert (state.live, state.person, state.human, state.audio, state.video) == (True, "demo", False, True, True)
    teacher.sending = False
    world.run(4.0)
    assert not slot.state(world.now).live
    world.lesson.unpublish(teacher.publication, world.now)
    assert slot.state(world.now).person is None
