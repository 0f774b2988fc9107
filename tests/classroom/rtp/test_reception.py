import pytest

from classroom.rtp import ntp
from classroom.rtp.reception import Reception


def test_loss_is_reported_for_the_interval_and_in_total() -> None:
    reception = Reception(90000, 100)
    for number in (100, 101, 103, 104):
        reception.add(number, number * 3000, number / 30)
    block = reception.block(7, 4.0)
    assert (block.ssrc, block.highest, block.lost, block.fraction_lost) == (7, 104, 1, 256 // 5)
    for number in range(105, 110):
        reception.add(number, number * 3000, number / 30)
    block = reception.block(7, 5.0)
    assert (block.lost, block.fraction_lost) == (1, 0)


def test_duplicates_make_the_loss_negative_not_the_fraction() -> None:
    reception = Reception(90000, 100)
    for number in (100, 100, 100):
        reception.add(number, 0, 0.0)
    block = reception.block(7, 1.0)
    assert (block.lost, block.fraction_lost) == (-2, 0)


def test_even_arrival_has_no_jitter_also_across_the_wrap_of_timestamps() -> None:
    reception = Reception(90000, 0)
    for number in range(100):
        reception.add(number, (2**32 - 150000 + number * 3000) % 2**32, number / 30)
    assert reception.block(7, 4.0).jitter <= 1


def test_uneven_arrival_nears_its_mean_deviation() -> None:
    reception = Reception(90000, 0)
    for number in range(400):
        reception.add(number, number * 3000, number / 30 + (0.01 if number % 2 else 0.0))
    assert reception.block(7, 14.0).jitter == pytest.approx(900, rel=0.01)


def test_the_delay_since_the_last_sender_report_is_told() -> None:
    reception = Reception(90000, 0)
    assert reception.block(7, 1.0).lsr == 0
    report = ntp.from_unix(1000.0)
    reception.on_sender_report(report, 2.0)
    block = reception.block(7, 2.5)
    assert (block.lsr, block.dlsr) == (ntp.middle(report), 32768)
