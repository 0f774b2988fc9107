import asyncio
import time

from classroom.interaction.log import Change, LessonLog


async def test_numbers_rise_with_each_fact_and_start_at_the_clock(log: LessonLog) -> None:
    before = int(time.time() * 1000)
    numbers = [await log.append("l1", "slot", str(n), {"live": True}) for n in range(5)]
    assert numbers == sorted(set(numbers))
    assert numbers[0] >= before


async def test_a_hundred_facts_in_one_millisecond_have_a_hundred_numbers(log: LessonLog) -> None:
    numbers = await log.append_all(Change("l1", "line", str(n), {"kbps": n}) for n in range(100))
    assert len(set(numbers)) == 100
    assert numbers == sorted(numbers)


async def test_the_state_holds_the_newest_of_each_fact(log: LessonLog) -> None:
    await log.append("l1", "slot", "teacher", {"live": True})
    await log.append("l1", "slot", "board", {"live": True})
    last = await log.append("l1", "slot", "teacher", {"live": False})
    seq, facts = await log.state("l1")
    assert seq == last
    assert [(fact.key, fact.body) for fact in facts] == [("board", {"live": True}), ("teacher", {"live": False})]


async def test_a_removed_fact_is_told_and_no_longer_holds(log: LessonLog) -> None:
    first = await log.append("l1", "line", "s1", {"kbps": 1})
    last = await log.append("l1", "line", "s1", None)
    assert await log.state("l1") == (last, [])
    [gone] = await log.after("l1", first) or []
    assert gone.wire == {"type": "gone", "seq": last, "key": "s1", "fact": "line"}


async def test_removing_what_is_not_there_says_nothing(log: LessonLog) -> None:
    first = await log.append("l1", "lesson", "", {"state": "live"})
    assert await log.append("l1", "line", "s1", None) == first
    assert await log.after("l1", first) == []


async def test_only_if_absent_leaves_the_newer_word(log: LessonLog) -> None:
    first = await log.append("l1", "paused", "", {"paused": True})
    assert await log.append("l1", "paused", "", {"paused": False}, only_if_absent=True) == first
    _, [fact] = await log.state("l1")
    assert fact.body == {"paused": True}


async def test_after_gives_what_came_after_and_nothing_for_a_number_it_does_not_hold(log: LessonLog) -> None:
    first = await log.append("l1", "slot", "teacher", {"live": True})
    second = await log.append("l1", "slot", "board", {"live": True})
    assert [entry.seq for entry in await log.after("l1", first) or []] == [second]
    assert await log.after("l1", second) == []
    assert await log.after("l1", first - 1) is None
    assert await log.after("l1", second + 1) is None
    assert await log.after("never held", 0) is None


async def test_a_number_older_than_the_log_keeps_means_the_whole_state(log: LessonLog) -> None:
    first = await log.append("l1", "line", "s", {"kbps": 0})
    await log.append_all(Change("l1", "line", "s", {"kbps": n}) for n in range(2300))
    assert await log.after("l1", first) is None


async def test_numbers_go_on_rising_after_everything_was_lost(log: LessonLog) -> None:
    last = await log.append("l1", "slot", "teacher", {"live": True})
    await asyncio.sleep(0.002)
    await log.valkey.flushdb()
    assert await log.append("l1", "slot", "teacher", {"live": True}) > last


async def test_chinese_words_and_quotes_survive(log: LessonLog) -> None:
    await log.append("l1", "presence", 'a "b" 月', {"name": '陈"老师\n'})
    _, [fact] = await log.state("l1")
    assert (fact.key, fact.body) == ('a "b" 月', {"name": '陈"老师\n'})
