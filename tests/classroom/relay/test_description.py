import pytest

from classroom.relay.description import OPUS, VP8, Codec, LineDescription


def h264(profile: str, mode: int) -> Codec:
    return Codec("h264", 90000, profile=profile, packetization_mode=mode)


@pytest.mark.parametrize(
    ("flowing", "known", "fits"),
    [
        (h264("42e0", 1), h264("42e0", 1), True),
        (h264("42e0", 1), h264("4200", 1), True),
        (h264("42e0", 1), h264("6400", 1), True),
        (h264("42e0", 0), h264("42e0", 1), True),
        (h264("42e0", 1), h264("42e0", 0), False),
        (h264("6400", 1), h264("42e0", 1), False),
        (h264("4200", 1), h264("42e0", 1), False),
        (VP8, VP8, True),
        (VP8, h264("42e0", 1), False),
        (VP8, OPUS, False),
    ],
)
def test_a_decoder_takes_its_own_and_what_is_simpler(flowing: Codec, known: Codec, fits: bool) -> None:
    assert flowing.decodable_as(known) is fits


def test_the_exact_payload_type_is_preferred() -> None:
    line = LineDescription("teacher", "video", "1", {h264("6400", 1): 100, h264("42e0", 1): 102, VP8: 96})
    assert line.payload_type(h264("42e0", 1)) == 102
    assert line.payload_type(h264("4d00", 1)) == 100
    assert line.payload_type(VP8) == 96
    assert line.payload_type(OPUS) is None
