"""Lessons between clients that share no code with the project: Chromium and ffmpeg by WHIP and WHEP."""

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page

from tests.journeys import lessons, third_party
from tests.journeys.third_party import ChromiumClient

pytestmark = pytest.mark.timeout(180)


@pytest.fixture
def pages(chromium: Browser) -> Iterator[list[Page]]:
    """Two pages, each with a context of its own: nothing is shared but the relay."""
    contexts = [chromium.new_context(permissions=["camera", "microphone"]) for _ in range(2)]
    yield [context.new_page() for context in contexts]
    for context in contexts:
        context.close()


@pytest.mark.parametrize("codec", ["VP8", "H264"])
def test_a_lesson_goes_from_chromium_to_chromium(house: Any, pages: list[Page], codec: str) -> None:
    teacher, room = (ChromiumClient(page, house.url) for page in pages)
    assert third_party.publish(teacher, lessons.ticket(house, "teacher", "teacher"), codec)["status"] == 201
    assert third_party.watch(room, lessons.ticket(house, "village", "classroom"))["status"] == 201
    found = third_party.plays(room)
    assert found["video"]["codec"] == f"video/{codec}"
    assert third_party.leave(teacher, "up") == 200


def test_the_made_lesson_of_ffmpeg_plays_in_chromium_and_comes_back_after_a_human(
    house: Any, pages: list[Page]
) -> None:
    room, teacher = (ChromiumClient(page, house.url) for page in pages)
    assert third_party.watch(room, lessons.ticket(house, "village", "classroom"))["status"] == 201
    assert third_party.plays(room)["video"]["codec"] == "video/H264"
    assert third_party.publish(teacher, lessons.ticket(house, "teacher", "teacher"), "VP8")["status"] == 201
    third_party.until(lambda: third_party.stats(room, "down")["video"]["codec"] == "video/VP8", 20)
    third_party.plays(room)
    assert third_party.leave(teacher, "up") == 200
    third_party.until(lambda: third_party.stats(room, "down")["video"]["codec"] == "video/H264", 30)
    third_party.plays(room)


def test_a_second_person_on_the_teachers_slot_is_told_who_has_it(house: Any, pages: list[Page]) -> None:
    teacher, other = (ChromiumClient(page, house.url) for page in pages)
    assert third_party.publish(teacher, lessons.ticket(house, "teacher", "teacher"), "VP8")["status"] == 201
    answer = third_party.publish(other, lessons.forged_colleague(house), "VP8")
    assert (answer["status"], answer["problem"]["code"]) == (409, "slot-taken")
    assert third_party.leave(teacher, "up") == 200
