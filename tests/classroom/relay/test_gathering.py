"""What is gathered leaves before anybody's context or address goes."""

from __future__ import annotations

from dataclasses import dataclass, field

from classroom.relay.audience import Audience
from classroom.relay.fanout import Fanout, Row
from classroom.relay.form import Form
from classroom.rtp import header
from tests.classroom.relay.test_fanout import Make, counters, make, packet, way

__all__ = ["counters", "make", "way"]


@dataclass(eq=False)
class Line:
    row: Row | None
    form: Form = field(default_factory=lambda: Form(96))

    def source_began(self, now: float) -> None:
        """Nothing follows."""

    def key_frame_began(self, now: float) -> None:
        """Nothing follows."""


def test_a_viewer_who_leaves_while_packets_wait_gets_them_first(way: Fanout, make: Make) -> None:
    audience, leaving, staying = Audience(way), make(), make()
    lines = [Line(way.row(one)) for one in (leaving, staying)]
    audience.listeners.update(dict.fromkeys(lines))
    audience.changed()
    way.gather()
    audience.send(packet(1), 1)
    lines[0].row = None
    audience.changed()
    assert header.sequence(leaving.get()) == 1
    audience.send(packet(2), 2)
    way.release()
    assert [header.sequence(staying.get()) for _ in range(2)] == [1, 2]
    assert leaving.quiet()


def test_a_viewer_who_comes_while_packets_wait_gets_only_the_later_ones(way: Fanout, make: Make) -> None:
    audience, here, coming = Audience(way), make(), make()
    audience.listeners[Line(way.row(here))] = None
    audience.changed()
    way.gather()
    audience.send(packet(1), 1)
    audience.listeners[Line(way.row(coming))] = None
    audience.changed()
    audience.send(packet(2), 2)
    way.release()
    assert header.sequence(coming.get()) == 2
    assert [header.sequence(here.get()) for _ in range(2)] == [1, 2]


def test_what_was_missed_goes_before_what_follows(way: Fanout, make: Make) -> None:
    audience, late = Audience(way), make()
    row = way.row(late)
    way.gather()
    audience.catch_up(row, [packet(1), packet(2)])
    audience.listeners[Line(row)] = None
    audience.changed()
    audience.send(packet(3), 3)
    way.release()
    assert [header.sequence(late.get()) for _ in range(3)] == [1, 2, 3]
