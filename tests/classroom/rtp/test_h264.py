import pytest
from hypothesis import given
from hypothesis import strategies as st

from classroom.rtp.h264 import IDR, PPS, SPS, starts


def found(payload: bytes) -> set[int]:
    return set(starts(payload, 0, len(payload)))


@given(st.binary(max_size=40))
def test_random_bytes_raise_only_value_error(data: bytes) -> None:
    try:
        assert found(data) <= {IDR, SPS, PPS}
    except ValueError:
        return


@given(st.binary(max_size=40).map(lambda tail: b"\x78" + tail))
def test_random_aggregates_raise_only_value_error(data: bytes) -> None:
    try:
        found(data)
    except ValueError:
        return


def test_single_units_are_told_by_their_type() -> None:
    assert found(b"\x65\x88") == {IDR}
    assert found(b"\x67\x42") == {SPS}
    assert found(b"\x41\x9a") == set()


def test_an_aggregate_holds_parameter_sets_and_a_picture() -> None:
    assert found(b"\x78" + b"\x00\x02\x67\x42" + b"\x00\x02\x68\xce" + b"\x00\x01\x65") == {SPS, PPS, IDR}


def test_only_the_first_fragment_begins_a_picture() -> None:
    assert found(b"\x7c\x85\x00") == {IDR}
    assert found(b"\x7c\x05\x00") == set()
    assert found(b"\x7c\x45\x00") == set()


@pytest.mark.parametrize("payload", [b"", b"\x7c", b"\x78\x00", b"\x78\x00\x05\x67", b"\x78\x00\x00\x67"])
def test_truncated_payloads_are_malformed(payload: bytes) -> None:
    with pytest.raises(ValueError, match="H264"):
        found(payload)
