import pytest
from hypothesis import given
from hypothesis import strategies as st

from classroom.rtp import feedback, reports, rtcp

word = st.integers(0, 2**32 - 1)
blocks = st.lists(
    st.builds(reports.ReportBlock, word, st.integers(0, 255), st.integers(-(2**23), 2**23 - 1), word, word, word, word),
    max_size=4,
).map(tuple)


@given(st.binary(max_size=120))
def test_random_bytes_raise_only_value_error(data: bytes) -> None:
    try:
        rtcp.parse(data)
    except ValueError:
        return


@given(st.integers(0, 31), st.integers(200, 207), st.binary(max_size=60))
def test_random_bodies_under_a_true_header_raise_only_value_error(count: int, kind: int, body: bytes) -> None:
    try:
        rtcp.parse(reports.packet(kind, count, body + bytes(-len(body) % 4)))
    except ValueError:
        return


@given(st.builds(reports.SenderReport, word, st.integers(0, 2**64 - 1), word, word, word, blocks))
def test_sender_reports_are_read_back(report: reports.SenderReport) -> None:
    assert rtcp.parse(reports.build_sender_report(report)) == [report]


@given(st.builds(reports.ReceiverReport, word, blocks))
def test_receiver_reports_are_read_back(report: reports.ReceiverReport) -> None:
    assert rtcp.parse(reports.build_receiver_report(report)) == [report]


@given(word, st.text(st.characters(min_codepoint=32, max_codepoint=126), max_size=80))
def test_names_are_read_back(ssrc: int, name: str) -> None:
    description = reports.SourceDescription(ssrc, name)
    assert rtcp.parse(reports.build_source_description(description)) == [description]


@given(st.sets(st.integers(0, 65535), min_size=1, max_size=200), word, word)
def test_nacks_ask_for_exactly_the_numbers_given(numbers: set[int], sender: int, ssrc: int) -> None:
    nack = feedback.Nack(sender, ssrc, tuple(sorted(numbers)))
    (back,) = rtcp.parse(feedback.build_nack(nack))
    assert isinstance(back, feedback.Nack)
    assert (back.sender, back.ssrc) == (sender, ssrc)
    assert sorted(back.sequences) == sorted(numbers)


def test_a_nack_spans_the_wrap_in_one_item() -> None:
    packet = feedback.build_nack(feedback.Nack(1, 2, (65535, 0, 15)))
    assert len(packet) == 16
    assert rtcp.parse(packet) == [feedback.Nack(1, 2, (65535, 0, 15))]


def test_a_nack_for_too_many_packets_is_malformed() -> None:
    items = b"".join(bytes((at >> 8, at & 255, 255, 255)) for at in range(0, 17 * 100, 17))
    with pytest.raises(ValueError, match="too many"):
        rtcp.parse(reports.packet(feedback.TRANSPORT_FEEDBACK, 1, bytes(8) + items))


def test_key_frame_requests_are_read_back() -> None:
    loss, request = feedback.PictureLoss(1, 2), feedback.FullIntraRequest(1, ((2, 3), (4, 5)))
    compound = feedback.build_picture_loss(loss) + feedback.build_full_intra_request(request)
    assert rtcp.parse(compound) == [loss, request]


@given(st.integers(0, 2**40), st.lists(word, max_size=5).map(tuple))
def test_remb_keeps_eighteen_bits_of_the_rate(bitrate: int, ssrcs: tuple[int, ...]) -> None:
    (back,) = rtcp.parse(feedback.build_remb(feedback.Remb(7, bitrate, ssrcs)))
    assert isinstance(back, feedback.Remb)
    assert back.ssrcs == ssrcs
    assert 0 <= bitrate - back.bitrate <= bitrate >> 17


def test_goodbyes_are_read_back_and_unknown_kinds_skipped() -> None:
    compound = reports.packet(207, 3, bytes(12)) + reports.build_goodbye(reports.Goodbye((1, 2)))
    assert rtcp.parse(compound) == [reports.Goodbye((1, 2))]


def test_padding_ends_the_last_packet() -> None:
    packet = reports.packet(reports.RECEIVER_REPORT, 0, b"\0\0\0\7" + b"\0\0\0\4")
    assert rtcp.parse(bytes((packet[0] | 0x20,)) + packet[1:]) == [reports.ReceiverReport(7)]


def test_an_empty_compound_is_malformed() -> None:
    with pytest.raises(ValueError, match="empty"):
        rtcp.parse(b"")
