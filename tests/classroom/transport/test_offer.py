"""Offers of real clients, and hostile ones."""

import contextlib
import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from classroom.relay.description import OPUS, VP8, Codec
from classroom.transport import fragment, offer
from classroom.transport.offer import Offer
from core.errors import BadInput, Problem, TooLarge
from tests.classroom.doors import OFFERS

NAMES = sorted(path.stem for path in OFFERS.glob("*.sdp"))
TEXTS = {name: (OFFERS / f"{name}.sdp").read_bytes() for name in NAMES}


def read(name: str) -> Offer:
    return offer.read(TEXTS[name])


def test_chromiums_publication_is_understood() -> None:
    voice, picture = read("chromium-publisher").sections
    assert [one.codec for one in voice.formats] == [OPUS]
    assert picture.formats[0].codec == VP8
    assert picture.rtx[97] == 96
    assert (voice.sends, voice.receives) == (True, False)
    assert read("chromium-publisher").setup == "actpass"


def test_profiles_and_modes_of_h264_are_kept_apart() -> None:
    [section] = read("chromium-h264").sections
    assert {(one.codec.profile, one.codec.packetization_mode) for one in section.formats} >= {
        ("4200", 1), ("4200", 0), ("42e0", 1), ("42e0", 0), ("4d00", 1),
    }  # fmt: skip


def test_ffmpegs_offer_is_understood() -> None:
    offered = read("ffmpeg")
    voice, picture = offered.sections
    assert offered.setup == "passive"
    assert offered.fingerprints[0].algorithm == "sha-256"
    assert [one.codec for one in picture.formats] == [Codec("h264", 90000, profile="6400", packetization_mode=1)]
    assert len(voice.ssrcs) == len(picture.ssrcs) == 1
    assert picture.rtx == {105: 106}


def test_layers_are_named_from_small_to_full() -> None:
    assert read("chromium-simulcast").sections[1].rids == ("q", "h", "f")


def test_pages_of_one_browser_differ_only_where_they_should() -> None:
    first = TEXTS["chromium-viewer"]
    second = first.replace(b"a=ice-ufrag:", b"a=ice-ufrag:x")
    misses = offer._parsed.cache_info().misses
    one, two = offer.read(first), offer.read(second)
    assert one.sections == two.sections
    assert two.credentials.ufrag == f"x{one.credentials.ufrag}"
    assert offer._parsed.cache_info().misses <= misses + 1


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ((b"a=ice-pwd:", b"a=x:"), "sdp-without-ice"),
        ((b"a=ice-ufrag:", b"a=ice-ufrag:!"), "sdp-without-ice"),
        ((b"a=fingerprint:sha-256", b"a=fingerprint:md5"), "sdp-without-fingerprint"),
        ((b"a=setup:", b"a=x:"), "sdp-without-setup"),
        ((b"a=setup:actpass", b"a=setup:holdconn"), "sdp-malformed"),
        ((b"a=rtcp-mux", b"a=x"), "sdp-without-rtcp-mux"),
        ((b"a=group:BUNDLE 0 1", b"a=group:BUNDLE 0"), "sdp-without-bundle"),
        ((b"a=mid:1", b"a=mid:0"), "sdp-malformed"),
        ((b"a=mid:1", b"a=x"), "sdp-malformed"),
        ((b"v=0", b"v=1"), "sdp-malformed"),
        ((b"VP8/90000", b"VP8/fast"), "sdp-malformed"),
        ((b"m=video", b"m=video \xff"), "sdp-malformed"),
        ((b"a=fmtp:97 apt=96", b"a=fmtp:200 apt=96"), "sdp-malformed"),
    ],
)
def test_what_is_missing_is_named(change: tuple[bytes, bytes], code: str) -> None:
    with pytest.raises(BadInput) as refused:
        offer.read(TEXTS["chromium-publisher"].replace(*change))
    assert refused.value.code == code


def test_without_media_there_is_nothing_to_do() -> None:
    with pytest.raises(BadInput, match="sdp-without-media"):
        offer.read(b"v=0\r\no=- 1 1 IN IP4 0.0.0.0\r\ns=-\r\nt=0 0\r\n")


def test_too_much_is_refused_before_it_is_read() -> None:
    with pytest.raises(TooLarge):
        offer.read(b"v=0\r\n" + b"a" * offer.MOST_BYTES)
    with pytest.raises(BadInput, match="sdp-malformed"):
        offer.read(TEXTS["chromium-publisher"] + b"a=x\r\n" * 500)
    with pytest.raises(BadInput, match="sdp-malformed"):
        offer.read(b"v=0\r\n" + b"m=audio 9 UDP/TLS/RTP/SAVPF 0\r\n" * 40)


@settings(max_examples=300, deadline=None)
@given(st.sampled_from(NAMES), st.data())
def test_a_damaged_offer_is_read_or_refused_in_words(name: str, data: st.DataObject) -> None:
    lines = TEXTS[name].split(b"\r\n")
    for _ in range(data.draw(st.integers(1, 4))):
        at = data.draw(st.integers(0, len(lines) - 1))
        kind = data.draw(st.sampled_from(["drop", "cut", "noise", "repeat"]))
        if kind == "drop":
            lines[at] = b""
        elif kind == "cut":
            lines[at] = lines[at][: data.draw(st.integers(0, len(lines[at])))]
        elif kind == "noise":
            lines[at] = lines[at][:7] + data.draw(st.binary(max_size=20))
        else:
            lines.insert(at, lines[at])
    with contextlib.suppress(BadInput, TooLarge):
        offer.read(b"\r\n".join(lines))


@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=300))
def test_nonsense_is_refused_in_words(noise: bytes) -> None:
    for text in (noise, b"v=0\r\n" + noise):
        with pytest.raises(Problem):
            offer.read(text)


@given(st.binary(max_size=300))
def test_a_fragment_is_read_or_refused_in_words(noise: bytes) -> None:
    for text in (noise, b"a=ice-ufrag:abcd\r\na=ice-pwd:secret\r\n" + noise):
        with contextlib.suppress(BadInput):
            assert fragment.read(text).ufrag


@pytest.mark.parametrize("profile", [b"42401e", b"42c01f", b"42e01f", b"4d801f", b"58c01f"])
def test_every_spelling_of_constrained_baseline_is_one_codec(profile: bytes) -> None:
    text = re.sub(rb"profile-level-id=\w{6}", b"profile-level-id=" + profile, TEXTS["ffmpeg"])
    assert [one.codec.profile for one in offer.read(text).sections[1].formats] == ["42e0"]
