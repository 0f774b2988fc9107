"""aiortc publishes and watches through the real relay process."""

import asyncio

import pytest

from tests.classroom.clients.conftest import Dial
from tests.classroom.clients.peers import until
from tests.classroom.conftest import RunningRelay, make_ticket, viewer_ticket


@pytest.mark.parametrize("codec", ["video/VP8", "video/H264"])
async def test_picture_and_voice_arrive(relay_process: RunningRelay, dial: Dial, codec: str) -> None:
    lesson = codec.replace("/", "-")
    teacher, viewer = make_ticket(lesson=lesson), viewer_ticket(lesson=lesson)
    await dial(relay_process.whip(lesson), relay_process.sign(teacher)).publish(codec).connect()
    watching = await dial(relay_process.whep(lesson), relay_process.sign(viewer)).watch().connect()
    await until(lambda: watching.ear("video").frames >= 30 and watching.ear("audio").frames >= 50)
    assert watching.ear("video").sizes == {(320, 240)}
    assert len(set(watching.ear("video").shades)) > 10
    assert watching.ear("audio").energy > 50 * 100
