"""Answers to the offers of real clients."""

import pytest

from classroom.relay.lesson import Announcement
from classroom.transport import answer, offer
from classroom.transport.aiortc_parts import sdp
from classroom.transport.ice import Credentials
from classroom.transport.offer import Fingerprint
from core.errors import BadInput, NotValid
from tests.classroom.transport.test_offer import TEXTS

LOCAL = answer.Local(
    Credentials("ours", "our-password-of-24-chars"),
    Fingerprint("sha-256", ":".join(["AB"] * 32)),
    (("192.0.2.1", 8189), ("2001:db8::1", 8189)),
    "4611686018427387904",
)
SLOTS = ("teacher", "board", "guest")


def published(name: str, text: bytes | None = None) -> str:
    offered = offer.read(text or TEXTS[name])
    return answer.publisher(offered, LOCAL, answer.tracks(offered))


def test_the_whole_answer_to_chromium_reads_thus() -> None:
    lines = published("chromium-publisher").splitlines()
    assert lines[:7] == [
        "v=0", "o=- 4611686018427387904 1 IN IP4 0.0.0.0", "s=-", "t=0 0", "a=ice-lite", "a=group:BUNDLE 0 1",
        "a=msid-semantic: WMS *",
    ]  # fmt: skip
    picture = lines[lines.index("m=video 9 UDP/TLS/RTP/SAVPF 96 97") :]
    assert picture == [
        "m=video 9 UDP/TLS/RTP/SAVPF 96 97", "c=IN IP4 0.0.0.0", "a=rtcp-mux", "a=mid:1",
        "a=ice-ufrag:ours", "a=ice-pwd:our-password-of-24-chars",
        "a=candidate:1 1 udp 2130706431 192.0.2.1 8189 typ host",
        "a=candidate:2 1 udp 2130706175 2001:db8::1 8189 typ host",
        "a=candidate:3 1 tcp 1520435199 192.0.2.1 8189 typ host tcptype passive",
        "a=candidate:4 1 tcp 1520434943 2001:db8::1 8189 typ host tcptype passive", "a=end-of-candidates",
        f"a=fingerprint:sha-256 {LOCAL.fingerprint.value}", "a=setup:passive", "a=recvonly",
        "a=rtpmap:96 VP8/90000", "a=rtcp-fb:96 nack", "a=rtcp-fb:96 nack pli", "a=rtcp-fb:96 ccm fir",
        "a=rtcp-fb:96 goog-remb", "a=fmtp:96 x-google-start-bitrate=2000",
        "a=rtpmap:97 rtx/90000", "a=fmtp:97 apt=96",
    ]  # fmt: skip
    assert "a=rtcp-fb:111 nack" in lines
    assert "a=fmtp:111 minptime=10;useinbandfec=1" in lines


def test_the_offerers_first_known_codec_is_taken() -> None:
    [track] = answer.tracks(offer.read(TEXTS["chromium-h264"]))
    [codec] = track.codecs.values()
    assert (codec.name, codec.profile, codec.packetization_mode) == ("h264", "4200", 1)
    text = published("chromium-h264")
    assert "profile-level-id=42001f;x-google-start-bitrate=2000" in text
    assert text.count("a=rtpmap") == len(track.rtx) + 1


def test_all_three_layers_are_asked_for() -> None:
    lines = published("chromium-simulcast").splitlines()
    asked = ["a=rid:q recv", "a=rid:h recv", "a=rid:f recv", "a=simulcast:recv q;h;f"]
    assert lines[lines.index(asked[0]) :][:4] == asked
    assert "a=fmtp:96 x-google-start-bitrate=2500" in lines
    for name in ("sdes:mid", "sdes:rtp-stream-id", "sdes:repaired-rtp-stream-id"):
        assert any(line.startswith("a=extmap:") and line.endswith(name) for line in lines)


def test_redundant_sound_stands_first_for_who_sends_it_and_is_taken_by_who_watches() -> None:
    lines = published("chromium-publisher").splitlines()
    assert "m=audio 9 UDP/TLS/RTP/SAVPF 63 111" in lines
    assert {"a=rtpmap:63 red/48000/2", "a=fmtp:63 111/111"} <= set(lines)
    assert "a=fmtp:63 111/111" in watched(TEXTS["chromium-viewer"]).splitlines()
    assert "red/" not in published("ffmpeg")


def test_the_thin_voice_is_asked_for_in_few_bits_and_long_packets() -> None:
    offered = offer.read(TEXTS["chromium-publisher"])
    text = answer.publisher(offered, LOCAL, answer.tracks(offered, thin=True))
    assert "maxaveragebitrate=14000" in text
    assert "a=ptime:60" in text.splitlines()
    assert "red/" not in text


def test_a_listening_encoder_is_answered_actively() -> None:
    assert published("ffmpeg").count("a=setup:active") == 2
    assert answer.dtls_role(offer.read(TEXTS["ffmpeg"])) == "client"


@pytest.mark.parametrize("name", sorted(TEXTS))
def test_congestion_control_without_feedback_is_never_agreed(name: str) -> None:
    offered = offer.read(TEXTS[name])
    try:
        text = published(name) if "viewer" not in name else watched(TEXTS[name])
    except NotValid:
        return
    assert "transport" not in text
    assert len(sdp.SessionDescription.parse(text).media) == len(offered.sections)


def watched(text: bytes) -> str:
    offered = offer.read(text)
    described = answer.lines(offered, SLOTS, "teacher")
    return answer.viewer(offered, LOCAL, described, lambda slot, kind: Announcement(len(slot + kind), 9, "us", slot))


def test_a_viewer_is_told_every_stream() -> None:
    text = watched(TEXTS["chromium-viewer"])
    for slot in SLOTS:
        assert f"a=msid:{slot} {slot}-audio" in text.splitlines()
        assert f"a=ssrc:{len(slot) + 5} cname:us" in text.splitlines()
        assert f"a=ssrc-group:FID {len(slot) + 5} 9" in text.splitlines()


def test_other_sections_are_turned_down() -> None:
    channel = (
        b"m=application 9 UDP/DTLS/SCTP webrtc-datachannel\r\nc=IN IP4 0.0.0.0\r\na=mid:2\r\na=sctp-port:5000\r\n"
        b"a=setup:actpass\r\n"
    )
    lines = published("", TEXTS["chromium-publisher"] + channel).splitlines()
    assert lines[-4:] == [
        "m=application 0 UDP/DTLS/SCTP webrtc-datachannel", "c=IN IP4 0.0.0.0", "a=mid:2", "a=inactive",
    ]  # fmt: skip
    assert "a=group:BUNDLE 0 1" in lines


def test_two_pictures_are_no_publication() -> None:
    first = TEXTS["chromium-publisher"]
    second = first[first.index(b"m=video") :].replace(b"a=mid:1", b"a=mid:2")
    with pytest.raises(BadInput, match="sdp-not-for-publishing"):
        published("", first.replace(b"BUNDLE 0 1", b"BUNDLE 0 1 2") + second)


def test_an_encoders_high_profile_reaches_chromium() -> None:
    [sent] = answer.tracks(offer.read(TEXTS["ffmpeg"]))[1].codecs.values()
    picture = answer.lines(offer.read(TEXTS["chromium-viewer"]), SLOTS, "teacher")[1]
    assert sent.profile == "6400"
    assert picture.payload_type(sent) is not None
