"""The one stream of a slot, against publishers with arbitrary numbers."""

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from classroom.relay import form
from classroom.relay.canonical import Canonical
from classroom.rtp import header

publisher = st.tuples(
    st.integers(0, 2**17),  # first number
    st.integers(0, 2**32 - 1),  # first timestamp
    st.integers(1, 20),  # packets
    st.floats(0, 100),  # silence before
)


@given(st.lists(publisher, min_size=1, max_size=5))
def test_publishers_follow_each_other_without_a_seam(publishers: list[tuple[int, int, int, float]]) -> None:
    stream, now, numbers, stamps = Canonical(7, 48000), 1000.0, [], []
    for first, timestamp, packets, silence in publishers:
        now += silence
        for at in range(packets):
            packet = header.build(0, 111, first + at, timestamp + at * 960, 99, b"opus")
            if at == 0:
                stream.begin(first, packet, None, now, 48000)
            rewritten = stream.rewrite(first + at, packet, 12, 16, None, now, form.PLAIN)
            assert rewritten is not None
            number, outgoing = rewritten
            numbers.append(number)
            stamps.append((header.timestamp(outgoing), now))
            assert (header.ssrc(outgoing), header.sequence(outgoing), outgoing[12:]) == (7, number & 0xFFFF, b"opus")
            now += 0.02
    assert numbers == list(range(numbers[0], numbers[0] + len(numbers)))
    for (stamp, moment), (next_stamp, next_moment) in pairwise(stamps):
        assert abs((next_stamp - stamp) % 2**32 - round((next_moment - moment) * 48000)) <= 48


def test_it_starts_in_the_lower_half_of_the_numbers() -> None:
    assert all(0 < Canonical(1, 90000).newest < 2**15 for _ in range(200))
