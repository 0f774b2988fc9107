"""How rooms behind a relay without Valkey come into the lesson's log."""

from typing import Any

import pytest
from redis.asyncio import Redis

from classroom.cascade.lines import Line, Lines, LinesBelow, Seat, read_line, read_seat
from classroom.interaction.log import LessonLog
from classroom.interaction.reporting import RelayReports
from core import valkey

FIGURES: dict[str, Any] = {
    "person": "p", "name": "三年级", "role": "classroom", "room": "r", "room_name": "教学点", "direction": "receive",
    "connected": True, "loss": 0.01, "delay_ms": 80.0, "layer": "h", "kbps": 500.0, "state": "ok", "codec": "supported",
}  # fmt: skip


def test_a_line_comes_back_as_it_was_told() -> None:
    kept = Lines()
    kept.line("lesson-1", "s", **FIGURES)
    assert [read_line(line.claims()) for line in kept.now] == [Line("lesson-1", "s", FIGURES)]
    kept.gone("lesson-1", "s")
    assert kept.now == ()


@pytest.mark.parametrize(
    "broken",
    [None, {}, {"lesson": "l", "session": "s", "figures": {}}, {"lesson": "l", "session": "s", "figures": [1]},
     {"lesson": "l", "session": "s", "figures": {**FIGURES, "role": "relay"}}],
)  # fmt: skip
def test_what_is_no_line_is_refused(broken: Any) -> None:
    with pytest.raises(ValueError, match=r"line|dictionary"):
        read_line(broken)


def test_figures_of_another_kind_are_left_out() -> None:
    line = read_line({"lesson": "l", "session": "s", "figures": {**FIGURES, "kbps": "many", "layer": 7}})
    assert "kbps" not in line.figures
    assert "layer" not in line.figures


async def test_rooms_below_stand_in_the_log_until_their_relay_falls_silent(redis_url: str) -> None:
    client: Redis = valkey.connect(redis_url)
    reports = RelayReports(LessonLog(client), "county-1")
    below = LinesBelow(reports)
    below.hear("school-1", [Line("lesson-1", "a", FIGURES), Line("lesson-1", "b", FIGURES)])
    await reports._flush(1.0)
    assert await keys(client) == {"a", "b"}
    below.hear("school-1", [Line("lesson-1", "a", FIGURES)])
    await reports._flush(2.0)
    assert await keys(client) == {"a"}
    below.keep([])
    await reports._flush(3.0)
    assert await keys(client) == set()
    await client.aclose()


async def keys(client: Redis) -> set[str]:
    _, facts = await LessonLog(client).state("lesson-1")
    return {fact.key for fact in facts if fact.body is not None}


SEATED: dict[str, Any] = {
    "live": True, "person": "t", "name": "王老师", "human": True, "room": None, "room_name": None, "audio": True,
    "video": True, "since": 1_795_400_000.0,
}  # fmt: skip


def test_a_slot_comes_back_as_it_was_told_and_is_told_at_once() -> None:
    kept, told = Lines(), []
    kept.on_seat = lambda: told.append(len(kept.seats))
    for _ in range(2):
        kept.slot("lesson-1", "teacher", **SEATED)
    assert [read_seat(seat.claims()) for seat in kept.seats] == [Seat("lesson-1", "teacher", SEATED)]
    kept.slot("lesson-1", "teacher", live=False)
    assert told == [1, 0]


@pytest.mark.parametrize("broken", [None, {}, {"lesson": "l", "slot": "s", "figures": {**SEATED, "person": 3}}])
def test_what_is_no_slot_is_refused(broken: Any) -> None:
    with pytest.raises(ValueError, match="slot"):
        read_seat(broken)


async def test_who_left_one_relay_for_another_stands_in_the_log(redis_url: str) -> None:
    client: Redis = valkey.connect(redis_url)
    reports = RelayReports(LessonLog(client), "prefecture-1")
    below, seat = LinesBelow(reports), Seat("lesson-1", "teacher", SEATED)

    async def live() -> bool:
        await reports._flush(1.0)
        _, facts = await LessonLog(client).state("lesson-1")
        return any(fact.body["live"] for fact in facts if fact.body is not None)

    below.hear("county-1", (), [seat])
    assert await live()
    below.hear("county-2", (), [seat])
    below.hear("county-1", ())
    assert await live()
    below.keep(["county-1"])
    assert not await live()
    await client.aclose()
