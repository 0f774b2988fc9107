from pathlib import Path

from classroom.cascade import spool
from classroom.cascade.spool import Spool
from tests.classroom.cascade.cards import entry


def test_what_nobody_took_is_there_in_the_next_life(tmp_path: Path) -> None:
    first = Spool(tmp_path, "school-1")
    first.put(entry(1))
    first.save()
    second = Spool(tmp_path, "school-1")
    second.load()
    assert second.entries == [entry(1)]


def test_of_a_leg_the_newest_totals_count() -> None:
    made = Spool(Path("nowhere"), "school-1")
    made.put(entry(1, until=160.0, octets=9000))
    made.put(entry(1, until=100.0))
    assert [one.leg.octets for one in made.entries] == [9000]


def test_what_was_taken_goes_but_not_what_came_since() -> None:
    made = Spool(Path("nowhere"), "school-1")
    made.put(entry(1, until=100.0))
    made.put(entry(2, until=100.0))
    made.put(entry(2, until=160.0))
    made.taken([(entry(1).leg.id, 100.0), (entry(2).leg.id, 100.0), ("unknown", 5.0)])
    assert made.entries == [entry(2, until=160.0)]


def test_a_broken_file_costs_the_past_and_no_more(tmp_path: Path) -> None:
    (tmp_path / f"school-1-{spool.FILE}").write_text('[{"child": 1}]')
    made = Spool(tmp_path, "school-1")
    made.load()
    assert len(made) == 0


def test_the_oldest_is_given_up_and_counted() -> None:
    made = Spool(Path("nowhere"), "school-1")
    for number in range(spool.MOST + 3):
        made.put(entry(number))
    assert (len(made), made.given_up) == (spool.MOST, 3)
