import random

from hypothesis import given
from hypothesis import strategies as st

from classroom.rtp.packet_map import MAX_SPANS, PacketMap


@st.composite
def deliveries(draw: st.DrawFn) -> list[tuple[int, bool]]:
    """Numbers from 0 with a mark "carries nothing", some lost, neighbours reordered, none twice."""
    marks = draw(st.lists(st.sampled_from(["media", "media", "padding", "lost"]), min_size=1, max_size=150))
    numbers = [(number, mark == "padding") for number, mark in enumerate(marks) if mark != "lost"]
    shuffle = random.Random(draw(st.integers(0, 2**32)))
    return sorted(numbers, key=lambda item: item[0] + shuffle.choice((0, 0, 0, 3.5)))


def run(arrivals: list[tuple[int, bool]]) -> dict[int, int]:
    """Publisher's number → viewer's, of all that viewers get."""
    packets, sent = PacketMap(), {}
    packets.begin(0, 1000)
    for number, padding in arrivals:
        if padding and packets.leave_out(number):
            continue
        mapped = packets.map(number)
        if mapped is not None:
            sent[number] = mapped
    return sent


@given(deliveries())
def test_viewers_numbers_are_unique_and_in_the_publishers_order(arrivals: list[tuple[int, bool]]) -> None:
    sent = run(arrivals)
    in_order = [sent[number] for number in sorted(sent)]
    assert in_order == sorted(set(in_order))


@given(deliveries())
def test_no_media_is_kept_back(arrivals: list[tuple[int, bool]]) -> None:
    sent = run(arrivals)
    assert {number for number, padding in arrivals if not padding} <= set(sent)


@given(deliveries())
def test_viewers_see_a_hole_only_where_a_packet_was_lost(arrivals: list[tuple[int, bool]]) -> None:
    sent = run(arrivals)
    came = {number for number, _ in arrivals}
    lost = sum(1 for number in range(max(came, default=0)) if number not in came)
    assert 0 <= max(sent.values(), default=999) - 999 - len(sent) <= lost


def test_a_late_packet_gets_the_number_that_was_kept_for_it() -> None:
    packets = PacketMap()
    packets.begin(10, 70)
    assert packets.map(10) == 70
    assert packets.leave_out(12)
    assert packets.map(13) == 72
    assert packets.map(11) == 71


def test_what_was_left_out_never_gets_a_number() -> None:
    packets = PacketMap()
    packets.begin(10, 70)
    packets.map(10)
    assert all(packets.leave_out(number) for number in (11, 12, 13))
    assert packets.map(14) == 71
    assert [packets.map(number) for number in (11, 12, 13)] == [None] * 3


def test_a_late_packet_cannot_be_left_out() -> None:
    packets = PacketMap()
    packets.begin(10, 70)
    packets.map(12)
    assert not packets.leave_out(11)
    assert packets.map(11) == 71


def test_nothing_from_before_the_beginning_gets_a_number() -> None:
    packets = PacketMap()
    packets.begin(10, 70)
    assert packets.map(9) is None
    assert packets.leave_out(10)
    assert packets.map(11) == 70
    assert packets.map(10) is None


def test_only_so_many_changes_are_remembered() -> None:
    packets = PacketMap()
    packets.begin(0, 0)
    for number in range(0, 4 * MAX_SPANS, 2):
        packets.map(number)
        packets.leave_out(number + 1)
    assert packets.map(0) is None
    assert packets.map(4 * MAX_SPANS) == 2 * MAX_SPANS
