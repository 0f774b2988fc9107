"""Handshakes take turns."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from classroom.transport.waiting import MOST, Record, Waiting, begins

HELLO = bytes.fromhex("16fefd0000000000000000002d01")
FINISHED = bytes.fromhex("16fefd0001000000000000002814")
ALERT = bytes.fromhex("15fefd000000000000000000020228")


def record(datagram: bytes) -> Record:
    return 0, datagram, ("192.0.2.1", 9)


def test_only_a_client_hello_begins() -> None:
    assert begins(HELLO)
    assert not begins(FINISHED)
    assert not begins(ALERT)
    assert not begins(HELLO[:13])
    assert not begins(b"")


def test_who_is_in_the_middle_goes_first() -> None:
    waiting = Waiting()
    for datagram in (HELLO, HELLO, FINISHED, ALERT):
        assert waiting.add(record(datagram))
    assert [waiting.next()[1] for _ in range(4)] == [FINISHED, ALERT, HELLO, HELLO]
    assert not waiting
    with pytest.raises(IndexError):
        waiting.next()


@given(st.lists(st.sampled_from([HELLO, FINISHED]), max_size=30))
def test_nobody_is_forgotten_and_each_kind_keeps_its_order(datagrams: list[bytes]) -> None:
    waiting = Waiting()
    marked = [datagram + bytes([at]) for at, datagram in enumerate(datagrams)]
    for datagram in marked:
        waiting.add(record(datagram))
    out = [waiting.next()[1] for _ in marked]
    assert out == sorted(marked, key=lambda datagram: (begins(datagram), datagram[-1]))


def test_too_many_are_refused() -> None:
    waiting = Waiting()
    assert all(waiting.add(record(HELLO)) for _ in range(MOST))
    assert not waiting.add(record(FINISHED))
    assert len(waiting) == MOST
