import pytest
from hypothesis import given
from hypothesis import strategies as st

from classroom.rtp import opus


@pytest.mark.parametrize(
    ("packet", "ticks"),
    [
        (b"\xf8", 960),
        (b"\xe0", 120),
        (b"\x08", 960),
        (b"\x18", 2880),
        (b"\x68", 960),
        (b"\xf9", 1920),
        (b"\xfb\x03", 2880),
    ],
)
def test_the_first_bytes_tell_how_long_a_packet_lasts(packet: bytes, ticks: int) -> None:
    assert opus.ticks(packet) == ticks


@pytest.mark.parametrize("packet", [b"", b"\xfb", b"\xfb\x00", b"\xfb\x3f"])
def test_what_is_no_packet_is_refused(packet: bytes) -> None:
    with pytest.raises(ValueError, match="Opus"):
        opus.ticks(packet)


@given(st.binary(max_size=4))
def test_no_packet_lasts_longer_than_120_ms(packet: bytes) -> None:
    try:
        assert 120 <= opus.ticks(packet) <= 5760
    except ValueError:
        return


def test_silence_lasts_20_ms() -> None:
    assert opus.ticks(opus.SILENCE) == opus.SILENCE_TICKS
