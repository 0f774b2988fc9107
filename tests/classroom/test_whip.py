"""WHIP by RFC 9725, over HTTP with the real relay process."""

import asyncio
import time
from itertools import count

import httpx
import pytest

from tests.classroom.clients.peers import Peer, until
from tests.classroom.conftest import RunningRelay, make_ticket, viewer_ticket
from tests.classroom.doors import SDP, Client, code, credentials, offer

lessons = (f"whip-{number}" for number in count(1))


@pytest.fixture
def lesson() -> str:
    return next(lessons)


@pytest.fixture
def teacher(relay_process: RunningRelay, lesson: str) -> Client:
    return Client(relay_process, make_ticket(lesson=lesson))


def test_a_publication_is_created(teacher: Client, lesson: str) -> None:
    created = teacher.whip(lesson=lesson)
    assert created.status_code == 201
    assert created.headers["content-type"] == "application/sdp"
    assert created.headers["location"].startswith(f"{teacher.relay.url}/whip/{lesson}/")
    assert created.headers["etag"].startswith('"')
    assert created.headers["accept-patch"] == "application/trickle-ice-sdpfrag"
    for line in ("a=ice-lite", "a=setup:passive", "a=recvonly", "a=end-of-candidates", "a=rtcp-mux"):
        assert line in created.text.splitlines()
    assert "transport-cc" not in created.text


def test_both_families_are_advertised(teacher: Client, lesson: str) -> None:
    text = teacher.whip(lesson=lesson).text
    port = teacher.relay.media
    assert f" 127.0.0.1 {port} typ host" in text
    assert f" ::1 {port} typ host" in text


def test_an_encoder_that_listens_gets_an_active_answer(teacher: Client, lesson: str) -> None:
    assert "a=setup:active" in teacher.whip(offer("ffmpeg"), lesson=lesson).text


def test_deleting_ends_the_session(teacher: Client, lesson: str) -> None:
    place = teacher.whip(lesson=lesson).headers["location"]
    assert teacher.http.options(place).status_code == 204
    assert teacher.http.delete(place).status_code == 200
    assert code(teacher.http.options(place)) == (404, "session-gone")
    assert code(teacher.http.delete(place)) == (404, "session-gone")


def test_deleting_after_the_connection_said_good_bye_is_no_fault(
    relay_process: RunningRelay, teacher: Client, lesson: str
) -> None:
    place = publish_and_close(relay_process, lesson)
    other = Client(relay_process, make_ticket(lesson=lesson, person="teacher-2"))
    assert code(teacher.patch(place, "u" * 8, "p" * 24, "*")) == (404, "session-gone")
    assert code(httpx.delete(place)) == (401, "ticket-missing")
    assert code(other.http.delete(place)) == (404, "session-gone")
    assert teacher.http.delete(place).status_code == 200
    assert code(teacher.http.options(place)) == (404, "session-gone")
    assert code(teacher.http.delete(place)) == (404, "session-gone")


def publish_and_close(relay: RunningRelay, lesson: str) -> str:
    """A publication's address, once its peer has said good-bye over DTLS."""

    async def run() -> str:
        peer = await Peer(relay.whip(lesson), relay.sign(make_ticket(lesson=lesson))).publish().connect()
        await until(lambda: peer.connection.connectionState == "connected")
        await peer.close()
        await until(lambda: httpx.options(peer.location).status_code == 404)
        return peer.location

    return asyncio.run(run())


def test_options_say_what_may_be_posted_and_patched(teacher: Client, lesson: str) -> None:
    door = httpx.options(teacher.relay.whip(lesson))
    assert (door.status_code, door.headers["accept-post"]) == (204, "application/sdp")
    place = teacher.whip(lesson=lesson).headers["location"]
    assert httpx.options(place).headers["accept-patch"] == "application/trickle-ice-sdpfrag"


def test_a_configured_page_may_call_and_read_the_headers(teacher: Client, lesson: str) -> None:
    asked = {"Origin": "http://page.test", "Access-Control-Request-Method": "POST"}
    asked["Access-Control-Request-Headers"] = "authorization,content-type,if-match"
    preflight = httpx.options(teacher.relay.whip(lesson), headers=asked)
    assert preflight.status_code == 200
    assert preflight.headers["access-control-allow-origin"] == "http://page.test"
    created = teacher.whip(lesson=lesson, Origin="http://page.test")
    exposed = created.headers["access-control-expose-headers"].lower()
    assert all(name in exposed for name in ("location", "etag", "link", "accept-patch"))
    assert "access-control-allow-credentials" not in created.headers


def test_a_strange_page_may_not(teacher: Client, lesson: str) -> None:
    asked = {"Origin": "http://strange.test", "Access-Control-Request-Method": "POST"}
    assert httpx.options(teacher.relay.whip(lesson), headers=asked).status_code == 400
    assert "access-control-allow-origin" not in teacher.whip(lesson=lesson, Origin="http://strange.test").headers


@pytest.mark.parametrize("method", ["GET", "HEAD", "PUT", "PATCH", "DELETE"])
def test_other_methods_at_the_door_are_told_which_are_allowed(teacher: Client, lesson: str, method: str) -> None:
    refused = teacher.http.request(method, teacher.relay.whip(lesson))
    assert refused.status_code == 405
    assert set(refused.headers["allow"].split(", ")) == {"POST", "OPTIONS"}


def test_other_methods_at_a_session_are_told_which_are_allowed(teacher: Client, lesson: str) -> None:
    refused = teacher.http.get(teacher.whip(lesson=lesson).headers["location"])
    assert code(refused) == (405, "method-not-allowed")
    assert set(refused.headers["allow"].split(", ")) == {"PATCH", "DELETE", "OPTIONS"}


def test_candidates_are_taken_without_a_word(teacher: Client, lesson: str) -> None:
    created = teacher.whip(lesson=lesson)
    ufrag, password = credentials(offer("chromium-publisher"))
    answer = teacher.patch(created.headers["location"], ufrag, password, created.headers["etag"])
    assert (answer.status_code, answer.content) == (204, b"")


@pytest.mark.parametrize("match", ["*", '"*"'])
def test_a_restart_gives_new_credentials_and_a_new_etag(teacher: Client, lesson: str, match: str) -> None:
    created = teacher.whip(lesson=lesson)
    answer = teacher.patch(created.headers["location"], "newufrag", "a-new-password-of-24-char", match)
    assert answer.status_code == 200
    assert answer.headers["content-type"].startswith("application/trickle-ice-sdpfrag")
    assert answer.headers["etag"] not in ("", created.headers["etag"])
    assert "a=ice-lite" in answer.text
    assert credentials(answer.text) != credentials(created.text)
    stale = teacher.patch(created.headers["location"], "other", "a-third-password-of-24ch", created.headers["etag"])
    assert code(stale) == (412, "etag-differs")


def test_a_patch_without_if_match_is_refused(teacher: Client, lesson: str) -> None:
    place = teacher.whip(lesson=lesson).headers["location"]
    assert code(teacher.patch(place, "u" * 8, "p" * 24, None)) == (428, "if-match-missing")


@pytest.mark.parametrize("body", [b"", b"a=ice-ufrag:x\r\n", b"\xff\xfe", b"hello\r\n"])
def test_a_malformed_fragment_is_refused(teacher: Client, lesson: str, body: bytes) -> None:
    place = teacher.whip(lesson=lesson).headers["location"]
    headers = {"Content-Type": "application/trickle-ice-sdpfrag", "If-Match": "*"}
    assert code(teacher.http.patch(place, content=body, headers=headers)) == (400, "fragment-malformed")


def test_a_fragment_of_another_type_is_refused(teacher: Client, lesson: str) -> None:
    place = teacher.whip(lesson=lesson).headers["location"]
    refused = teacher.http.patch(place, content=b"", headers={**SDP, "If-Match": "*"})
    assert code(refused) == (415, "wrong-content-type")


def test_without_a_ticket_the_scheme_is_named(relay_process: RunningRelay, lesson: str) -> None:
    refused = httpx.post(relay_process.whip(lesson), content=offer("chromium-publisher"), headers=SDP)
    assert code(refused) == (401, "ticket-missing")
    assert refused.headers["www-authenticate"] == "Bearer"


def test_a_broken_ticket_is_refused(relay_process: RunningRelay, lesson: str) -> None:
    headers = {**SDP, "Authorization": "Bearer not.a.ticket"}
    assert code(httpx.post(relay_process.whip(lesson), headers=headers)) == (401, "ticket-invalid")


def test_an_expired_ticket_is_refused(relay_process: RunningRelay, lesson: str) -> None:
    late = Client(relay_process, make_ticket(lesson=lesson, issued_at=time.time() - 99, expires_at=time.time() - 40))
    assert code(late.whip(lesson=lesson)) == (401, "ticket-expired")


def test_a_ticket_for_another_lesson_is_refused(teacher: Client) -> None:
    assert code(teacher.whip(lesson="another")) == (403, "ticket-for-another-lesson")


def test_a_viewers_ticket_does_not_publish(relay_process: RunningRelay, lesson: str) -> None:
    viewer = Client(relay_process, viewer_ticket(lesson=lesson))
    assert code(viewer.whip(lesson=lesson)) == (403, "ticket-cannot-publish")


def test_the_ticket_names_the_slots(relay_process: RunningRelay, lesson: str) -> None:
    teacher = Client(relay_process, make_ticket(lesson=lesson, publish=("teacher", "board")))
    assert teacher.whip(lesson=lesson, query="?slot=board").status_code == 201
    assert code(teacher.whip(lesson=lesson, query="?slot=voice")) == (403, "slot-not-yours")


def test_another_person_finds_the_slot_taken(relay_process: RunningRelay, teacher: Client, lesson: str) -> None:
    assert teacher.whip(lesson=lesson).status_code == 201
    other = Client(relay_process, make_ticket(lesson=lesson, person="teacher-2"))
    assert code(other.whip(lesson=lesson)) == (409, "slot-taken")


def test_the_same_person_may_come_again_and_again(teacher: Client, lesson: str) -> None:
    """Her old session ends with the first packet of the new one (see the real clients), or here with a third."""
    places = [teacher.whip(lesson=lesson).headers["location"] for _ in range(3)]
    assert [teacher.http.options(place).status_code for place in places] == [204, 404, 204]


def test_a_human_takes_over_from_the_demo_teacher_and_not_back(relay_process: RunningRelay, lesson: str) -> None:
    demo = Client(relay_process, make_ticket(lesson=lesson, person="demo-teacher", human=False))
    human = Client(relay_process, make_ticket(lesson=lesson))
    assert demo.whip(lesson=lesson).status_code == 201
    assert human.whip(lesson=lesson).status_code == 201
    assert code(demo.whip(lesson=lesson)) == (409, "slot-taken")


def test_a_rehearsal_is_a_lesson_of_its_own(relay_process: RunningRelay, teacher: Client, lesson: str) -> None:
    assert teacher.whip(lesson=lesson).status_code == 201
    other = Client(relay_process, make_ticket(lesson=lesson, person="teacher-2", stage="rehearsal"))
    assert other.whip(lesson=lesson).status_code == 201


def test_three_rooms_and_no_fourth(relay_process: RunningRelay, lesson: str) -> None:
    rooms = [
        Client(relay_process, viewer_ticket(lesson=lesson, person=f"room-{n}", publish=("room",))) for n in range(4)
    ]
    assert [room.whip(lesson=lesson).status_code for room in rooms] == [201, 201, 201, 409]


def test_sessions_per_ticket_are_limited(relay_process: RunningRelay, lesson: str) -> None:
    busy = Client(relay_process, make_ticket(lesson=lesson, max_sessions=2))
    assert busy.whip(lesson=lesson).status_code == 201
    board = busy.whip(lesson=lesson, query="?slot=board")
    assert board.status_code == 201
    refused = busy.whep(lesson=lesson)
    assert code(refused) == (429, "too-many-sessions")
    assert refused.headers["retry-after"] == "5"
    assert busy.http.delete(board.headers["location"]).status_code == 200
    assert busy.whep(lesson=lesson).status_code == 201


def test_another_persons_session_cannot_be_touched(relay_process: RunningRelay, teacher: Client, lesson: str) -> None:
    place = teacher.whip(lesson=lesson).headers["location"]
    other = Client(relay_process, make_ticket(lesson=lesson, person="teacher-2"))
    assert code(other.http.delete(place)) == (403, "not-your-session")
    assert code(other.patch(place, "u" * 8, "p" * 24, "*")) == (403, "not-your-session")
    assert teacher.http.options(place).status_code == 204


def test_a_session_ends_with_its_ticket_unless_renewed(relay_process: RunningRelay, lesson: str) -> None:
    soon = make_ticket(lesson=lesson, expires_at=time.time() + 4)
    short, long = Client(relay_process, soon), Client(relay_process, make_ticket(lesson=lesson))
    ends = short.whip(lesson=lesson).headers["location"]
    stays = short.whip(lesson=lesson, query="?slot=board")
    ufrag, password = credentials(offer("chromium-publisher"))
    assert long.patch(stays.headers["location"], ufrag, password, stays.headers["etag"]).status_code == 204
    deadline = time.monotonic() + 15
    while httpx.options(ends).status_code == 204 and time.monotonic() < deadline:
        time.sleep(0.1)
    assert code(httpx.options(ends)) == (404, "session-gone")
    assert httpx.options(stays.headers["location"]).status_code == 204


@pytest.mark.parametrize("name", ["chromium-vp9", "chromium-av1"])
def test_an_unknown_codec_is_refused_in_words(teacher: Client, lesson: str, name: str) -> None:
    refused = teacher.whip(offer(name), lesson=lesson)
    assert code(refused) == (422, "no-common-codec")
    assert refused.json()["supported"] == ["VP8", "H264", "Opus"]
    assert "VP8" in refused.json()["detail"]


def test_a_receiving_offer_is_no_publication(teacher: Client, lesson: str) -> None:
    assert code(teacher.whip(offer("chromium-viewer"), lesson=lesson)) == (400, "sdp-not-for-publishing")


def test_a_wrong_type_and_a_huge_body_are_refused(teacher: Client, lesson: str) -> None:
    refused = teacher.http.post(teacher.relay.whip(lesson), json={"sdp": "v=0"})
    assert code(refused) == (415, "wrong-content-type")
    assert code(teacher.whip("v=0\r\n" + "a=x\r\n" * 20_000, lesson=lesson)) == (413, "body-too-large")


def test_the_words_follow_the_readers_language(teacher: Client, lesson: str) -> None:
    english = teacher.whip(b"nonsense", lesson=lesson, **{"Accept-Language": "en"})
    chinese = teacher.whip(b"nonsense", lesson=lesson)
    assert english.json()["detail"] == english.json()["detail_en"]
    assert chinese.json()["detail"] == chinese.json()["detail_zh"]
