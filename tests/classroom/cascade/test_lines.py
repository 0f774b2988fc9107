"""How rooms behind a relay without Valkey come into the lesson's log."""

from typing import Any

import pytest
from redis.asyncio import Redis

from classroom.cascade.lines import Line, Lines, LinesBelow, read_line
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
