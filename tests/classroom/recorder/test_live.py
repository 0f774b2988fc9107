"""The last half minute of a lesson as playlists and parts."""

import asyncio
import io
import re

import pytest

from classroom.recorder.app import FILE, PLAYLIST
from classroom.recorder.cutting import Part
from classroom.recorder.live import KEPT, LiveLesson
from tests.classroom.recorder.studio import Memory, Studio, decoded


class Broadcast(Memory):
    """Keeps what rooms without UDP would be told."""

    live: LiveLesson

    def keep(self, slot: str, part: Part, now: float) -> None:
        super().keep(slot, part, now)
        self.live.add(self.takes[-1], part)


def broadcasting(codec: str) -> tuple[Studio, LiveLesson]:
    studio = Studio(codec)
    shelf = Broadcast()
    shelf.live = LiveLesson()
    studio.memory = studio.slot._shelf = shelf  # the studio's own slot, told of another shelf before anything came
    return studio, shelf.live


def named(text: str) -> list[str]:
    return re.findall(r'PART:DURATION=[\d.]+,URI="([^"]+)"', text)


@pytest.mark.parametrize("codec", ["vp8", "h264"])
async def test_head_and_parts_play_as_one_stream(codec: str) -> None:
    studio, live = broadcasting(codec)
    studio.run(12)
    text = live.slots["teacher"].playlist("teacher")
    assert text is not None
    head = re.search(r'MAP:URI="([^"]+)"', text)
    assert head is not None
    slot, data = live.slots["teacher"], b""
    for name in [head[1], *named(text)]:
        found = FILE.fullmatch(name)
        assert found is not None, name
        kind = "init" if found[3] == "init" else "part"
        given = slot.file(kind, int(found[2]), int(found[3]) if kind == "part" else 0)
        assert given is not None
        assert ("webm" in given[1]) == (codec == "vp8")
        data += given[0]
    assert len(list(decoded(io.BytesIO(data)))) > 300


async def test_whole_segments_are_their_parts() -> None:
    studio, live = broadcasting("h264")
    studio.run(12)
    slot = live.slots["teacher"]
    text = slot.playlist("teacher") or ""
    whole = [line for line in text.splitlines() if re.fullmatch(r"teacher-\d+\.mp4", line)]
    number = int(whole[0].split("-")[1].removesuffix(".mp4"))
    parts = [name for name in named(text) if name.startswith(f"teacher-{number}-")]
    given = [slot.file("part", number, index) for index in range(len(parts))]
    segment = slot.file("segment", number, 0)
    assert segment is not None
    assert segment[0] == b"".join(one[0] for one in given if one)


async def test_only_the_last_segments_stay() -> None:
    studio, live = broadcasting("h264")
    studio.run(60)
    text = live.slots["teacher"].playlist("teacher") or ""
    assert text.count("#EXTINF") == KEPT
    assert live.slots["teacher"].file("segment", 0, 0) is None


async def test_the_live_edge_is_less_than_two_seconds_behind() -> None:
    studio, live = broadcasting("h264")
    studio.run(20)
    parts = studio.memory.parts
    assert 20 - (parts[-1].at + parts[-1].lasts) < 1.5
    assert len(named(live.slots["teacher"].playlist("teacher") or "")) >= 10


async def test_who_waits_for_a_part_is_woken_by_it() -> None:
    studio, live = broadcasting("h264")
    studio.run(5)
    waiting = asyncio.create_task(live.wait("teacher", 2, 1, 5.0))
    await asyncio.sleep(0)
    assert not waiting.done()
    studio.run(4)
    await asyncio.wait_for(waiting, 1.0)


async def test_another_codec_has_another_head() -> None:
    studio, live = broadcasting("vp8")
    studio.run(6)
    studio.codec = "h264"
    studio.publish(ssrc=20)
    studio.run(6)
    text = live.slots["teacher"].playlist("teacher") or ""
    assert 'MAP:URI="teacher-2-init.mp4"' in text
    assert all(name.endswith(".mp4") for name in named(text))
    assert live.slots["teacher"].file("init", 1, 0) is None


@pytest.mark.parametrize("name", ["teacher.m3u8", "board.m3u8", "room1.m3u8"])
def test_names_of_playlists(name: str) -> None:
    assert PLAYLIST.fullmatch(name)


@pytest.mark.parametrize("name", ["../x.mp4", "teacher-1-2-3.mp4", "teacher.mp4", "teacher-1.exe", "Teacher-1.mp4"])
def test_nothing_else_is_a_file(name: str) -> None:
    assert not FILE.fullmatch(name)
