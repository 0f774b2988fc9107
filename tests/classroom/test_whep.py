"""WHEP, WHIP's sibling, over HTTP with the real relay process."""

import re
from itertools import count

import pytest

from tests.classroom.conftest import RunningRelay, make_ticket, viewer_ticket
from tests.classroom.doors import Client, code, credentials, offer

lessons = (f"whep-{number}" for number in count(1))


@pytest.fixture
def lesson() -> str:
    return next(lessons)


@pytest.fixture
def viewer(relay_process: RunningRelay, lesson: str) -> Client:
    return Client(relay_process, viewer_ticket(lesson=lesson))


def slots_of(answer: str) -> list[str]:
    return [line.removeprefix("a=msid:").split()[0] for line in answer.splitlines() if line.startswith("a=msid:")]


def one_pair() -> str:
    """The first audio and the first video line of Chromium's offer, as a plain player sends them."""
    head, *media = re.split(r"(?=^m=)", offer("chromium-viewer"), flags=re.M)
    return head.replace("BUNDLE 0 1 2 3 4 5", "BUNDLE 0 1") + "".join(media[:2])


def test_a_page_gets_its_three_pairs_in_order(viewer: Client, lesson: str) -> None:
    created = viewer.whep(lesson=lesson)
    assert created.status_code == 201
    assert created.headers["location"].startswith(f"{viewer.relay.url}/whep/{lesson}/")
    assert slots_of(created.text) == ["teacher", "teacher", "board", "board", "guest", "guest"]
    assert created.text.count("a=sendonly") == 6
    assert "transport-cc" not in created.text
    assert len(set(re.findall(r"a=ssrc:(\d+) cname", created.text))) >= 6


def test_a_plain_player_gets_the_main_picture(viewer: Client, lesson: str) -> None:
    assert slots_of(viewer.whep(one_pair(), lesson=lesson).text) == ["teacher", "teacher"]


def test_a_plain_players_line_is_the_same_whoever_is_live(viewer: Client, lesson: str) -> None:
    """It shows the board while only that is live, and the teacher when she comes: what is announced stays."""
    before = re.findall(r"a=ssrc:(\d+) cname", viewer.whep(one_pair(), lesson=lesson).text)
    Client(viewer.relay, make_ticket(lesson=lesson)).whip(lesson=lesson, query="?slot=board")
    assert re.findall(r"a=ssrc:(\d+) cname", viewer.whep(one_pair(), lesson=lesson).text) == before


def test_the_address_may_pin_a_layer(viewer: Client, lesson: str) -> None:
    assert viewer.whep(one_pair(), lesson=lesson, query="?layer=q").status_code == 201
    assert code(viewer.whep(one_pair(), lesson=lesson, query="?layer=8k")) == (400, "unknown-layer")


def test_the_address_may_name_slots(viewer: Client, lesson: str) -> None:
    rooms = viewer.whep(lesson=lesson, query="?slots=room1,room2,room3")
    assert slots_of(rooms.text) == ["room1", "room1", "room2", "room2", "room3", "room3"]
    assert slots_of(viewer.whep(one_pair(), lesson=lesson, query="?slot=board").text) == ["board", "board"]
    assert code(viewer.whep(one_pair(), lesson=lesson, query="?slot=attic")) == (400, "unknown-slot")
    assert code(viewer.whep(lesson=lesson, query="?slots=board,board,board")) == (400, "unknown-slot")
    assert code(viewer.whep(lesson=lesson, query="?slots=board")) == (400, "sdp-too-many-lines")


def test_all_viewers_are_told_the_same_streams(viewer: Client, lesson: str) -> None:
    answers = [viewer.whep(lesson=lesson).text for _ in range(2)]
    streams = [re.findall(r"^a=ssrc.*$", answer, re.M) for answer in answers]
    assert streams[0] == streams[1]
    assert credentials(answers[0]) != credentials(answers[1])


def test_repairs_of_voice_and_picture_are_agreed(viewer: Client, lesson: str) -> None:
    text = viewer.whep(one_pair(), lesson=lesson).text
    for line in ("a=rtcp-fb:111 nack", "a=rtcp-fb:96 nack", "a=rtcp-fb:96 nack pli", "a=rtcp-fb:96 goog-remb"):
        assert line in text.splitlines()
    assert re.search(r"^a=ssrc-group:FID \d+ \d+", text, re.M)
    assert "a=fmtp:111 minptime=10;useinbandfec=1" in text


def test_a_restart_and_the_end_are_as_in_whip(viewer: Client, lesson: str) -> None:
    created = viewer.whep(lesson=lesson)
    place = created.headers["location"]
    answer = viewer.patch(place, "newufrag", "a-new-password-of-24-char", "*")
    assert (answer.status_code, answer.headers["etag"] != created.headers["etag"]) == (200, True)
    assert viewer.http.delete(place).status_code == 200
    assert code(viewer.http.options(place)) == (404, "session-gone")


def test_a_whep_session_is_not_found_at_the_other_door(viewer: Client, lesson: str) -> None:
    place = viewer.whep(lesson=lesson).headers["location"].replace("/whep/", "/whip/")
    assert code(viewer.http.options(place)) == (404, "session-gone")


def test_a_ticket_without_the_right_to_watch_is_refused(relay_process: RunningRelay, lesson: str) -> None:
    encoder = Client(relay_process, make_ticket(lesson=lesson, watch=False))
    assert code(encoder.whep(lesson=lesson)) == (403, "ticket-cannot-watch")


def test_a_sending_offer_is_no_way_to_watch(viewer: Client, lesson: str) -> None:
    assert code(viewer.whep(offer("chromium-publisher"), lesson=lesson)) == (400, "sdp-not-for-watching")


@pytest.mark.parametrize("name", ["chromium-vp9", "chromium-av1"])
def test_an_unknown_codec_is_refused_in_words(viewer: Client, lesson: str, name: str) -> None:
    text = offer(name).replace("a=sendonly", "a=recvonly")
    assert code(viewer.whep(text, lesson=lesson)) == (422, "no-common-codec")
