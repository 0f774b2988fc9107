"""Handshakes take turns."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from classroom.transport.waiting import MOST, Record, Waiting, begins

HELLO = bytes.fromhex("16fefd0000000000000000002d01")
FINISHED = bytes.fromhex("16fefd0001000000000000002814")
ALERT = bytes.fromhex("15fefd000000000000000000020228")


def record(datagram: bytes, port: int = 9) -> Record:
    return 0, datagram, ("192.0.2.1", port)


def test_only_a_client_hello_begins() -> None:
    assert begins(HELLO)
    assert not begins(FINISHED)
    assert not begins(ALERT)
    assert not begins(HELLO[:13])
    assert not begins(b"")


def test_who_is_in_the_middle_goes_first() -> None:
    waiting = Waiting()
    for port, datagram in enumerate((HELLO, HELLO, FINISHED, ALERT)):
        assert waiting.add(record(datagram, port))
    assert [waiting.next()[1] for _ in range(4)] == [FINISHED, ALERT, HELLO, HELLO]
    assert not waiting
    with pytest.raises(IndexError):
        waiting.next()


@given(st.lists(st.sampled_from([HELLO, FINISHED]), max_size=30))
def test_nobody_is_forgotten_and_each_kind_keeps_its_order(datagrams: list[bytes]) -> None:
    waiting = Waiting()
    marked = [datagram + bytes([at]) for at, datagram in enumerate(datagrams)]
    for port, datagram in enumerate(marked):
        waiting.add(record(datagram, port))
    out = [waiting.next()[1] for _ in marked]
    assert out == sorted(marked, key=lambda datagram: (begins(datagram), datagram[-1]))


def test_too_many_are_refused() -> None:
    waiting = Waiting()
    assert all(waiting.add(record(HELLO, port)) for port in range(MOST))
    assert not waiting.add(record(FINISHED))
    assert len(waiting) == MOST


def test_the_parts_of_a_large_hello_all_wait() -> None:
    waiting = Waiting()
    parts = [HELLO + bytes((0, 5, 220, 0, 0, 0, offset >> 8, offset & 255)) + bytes(20) for offset in (0, 1100)]
    for datagram in (*parts, parts[1]):
        assert waiting.add(record(datagram))
    assert [waiting.next()[1] for _ in parts] == parts
    assert not waiting


def test_a_hello_that_is_repeated_while_it_waits_is_answered_once() -> None:
    waiting = Waiting()
    hello = HELLO + bytes(11)
    for number in (1, 2):
        assert waiting.add(record(hello[:10] + bytes([number]) + hello[11:]))
    assert waiting.next()[1][10] == 1
    assert not waiting
    assert waiting.add(record(HELLO))
    assert len(waiting) == 1
