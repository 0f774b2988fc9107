"""aiortc publishes and watches through the real relay process."""

import asyncio
from itertools import count

import httpx
import pytest

from tests.classroom.clients.conftest import Dial
from tests.classroom.clients.peers import Peer, until
from tests.classroom.conftest import RunningRelay, make_ticket, viewer_ticket

lessons = (f"aiortc-{number}" for number in count(1))


class Class:
    """One lesson at one relay."""

    def __init__(self, relay: RunningRelay, dial: Dial) -> None:
        self.relay = relay
        self.lesson = next(lessons)
        self._dial = dial

    def teacher(self, query: str = "", **changed: object) -> Peer:
        ticket = make_ticket(lesson=self.lesson, **changed)
        return self._dial(self.relay.whip(self.lesson) + query, self.relay.sign(ticket))

    def viewer(self, query: str = "", **changed: object) -> Peer:
        ticket = viewer_ticket(lesson=self.lesson, **changed)
        return self._dial(self.relay.whep(self.lesson) + query, self.relay.sign(ticket))


@pytest.fixture
def room(relay_process: RunningRelay, dial: Dial) -> Class:
    return Class(relay_process, dial)


async def advances(viewer: Peer, frames: int = 20, which: int = 0) -> None:
    """Waits for more decoded frames than there are now."""
    wanted = viewer.ear("video", which).frames + frames
    await until(lambda: viewer.ear("video", which).frames >= wanted, 20, "the picture stands still")


@pytest.mark.parametrize("codec", ["video/VP8", "video/H264"])
async def test_picture_and_voice_arrive(room: Class, codec: str) -> None:
    await room.teacher().publish(codec).connect()
    viewer = await room.viewer().watch().connect()
    await until(lambda: viewer.ear("video").frames >= 30 and viewer.ear("audio").frames >= 50, 30)
    assert viewer.ear("video").sizes == {(320, 240)}
    assert len(set(viewer.ear("video").shades)) > 10
    assert viewer.ear("audio").energy > 50 * 100


async def test_a_viewer_who_was_there_first_sees_the_lesson_begin(room: Class) -> None:
    viewer = await room.viewer().watch().connect()
    await until(lambda: viewer.connection.connectionState == "connected")
    await room.teacher().publish().connect()
    await advances(viewer)


async def test_the_board_goes_to_the_second_pair(room: Class) -> None:
    viewer = await room.viewer().watch(pairs=3).connect()
    await room.teacher("?slot=board").publish(audio=False).connect()
    await advances(viewer, which=1)
    assert viewer.ear("video", 0).frames == 0


async def test_a_publisher_comes_back_and_the_viewer_stays(room: Class) -> None:
    first = await room.teacher().publish().connect()
    viewer = await room.viewer().watch().connect()
    await advances(viewer)
    again = await room.teacher().publish().connect()
    await advances(viewer, frames=40)
    assert viewer.connection.connectionState == "connected"
    await until(lambda: first.connection.connectionState == "closed", 10, "the replaced publisher was not told")
    assert await again.delete() == 200


async def test_a_human_takes_over_and_another_person_cannot(room: Class) -> None:
    await room.teacher(person="demo-teacher", human=False).publish().connect()
    viewer = await room.viewer().watch().connect()
    await advances(viewer)
    await room.teacher().publish().connect()
    await advances(viewer, frames=40)
    with pytest.raises(AssertionError, match="slot-taken"):
        await room.teacher(person="teacher-2").publish().connect()
    substitute = await room.teacher(person="teacher-2", takeover=True).publish().connect()
    await until(lambda: substitute.connection.connectionState == "connected")
    await advances(viewer)


async def test_a_viewer_on_ipv6_sees_a_publisher_on_ipv4(room: Class) -> None:
    await room.teacher().publish().connect(only=" 127.0.0.1 ")
    viewer = await room.viewer().watch().connect(only=" ::1 ")
    await advances(viewer)


async def test_a_restart_of_ice_leaves_the_picture_running(room: Class) -> None:
    """aiortc cannot restart, so it goes on with the old credentials, as a browser first does."""
    await room.teacher().publish().connect()
    viewer = await room.viewer().watch().connect()
    await advances(viewer)
    body = "a=ice-ufrag:fresh123\r\na=ice-pwd:fresh-password-of-24-chars\r\n"
    headers = {**viewer.headers, "Content-Type": "application/trickle-ice-sdpfrag", "If-Match": "*"}
    async with httpx.AsyncClient() as client:
        answer = await client.patch(viewer.location, content=body, headers=headers)
    assert answer.status_code == 200
    await advances(viewer, frames=40)


async def test_a_rehearsal_is_seen_by_nobody_else(room: Class) -> None:
    viewer = await room.viewer().watch().connect()
    await room.teacher(stage="rehearsal").publish().connect()
    own = await room.viewer(stage="rehearsal", person="teacher-1").watch().connect()
    await advances(own)
    assert viewer.ear("video").frames == 0


async def test_leaving_says_good_bye(room: Class) -> None:
    viewer = await room.viewer().watch().connect()
    await until(lambda: viewer.connection.connectionState == "connected")
    before = room.relay.metrics()['songjiao_relay_sessions{door="whep",state="connected"}']
    await viewer.connection.close()
    name = 'songjiao_relay_sessions{door="whep",state="connected"}'
    for _ in range(100):
        if room.relay.metrics()[name] == before - 1:
            return
        await asyncio.sleep(0.05)
    raise AssertionError("the relay kept the session")
