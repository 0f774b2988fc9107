from classroom.interaction.coalesce import Body, Name, Wishes

LINE = ("l1", "line", "s1")
SLOT = ("l1", "slot", "teacher")


def drain(wishes: Wishes, now: float) -> list[tuple[Name, Body]]:
    due = wishes.due(now)
    for name, body in due:
        wishes.written(name, body, now)
    return due


def test_a_hundred_wishes_for_one_fact_are_one_write() -> None:
    wishes = Wishes()
    for kbps in range(100):
        wishes.put(LINE, {"kbps": kbps}, urgent=False)
    assert drain(wishes, 0.0) == [(LINE, {"kbps": 99})]


def test_figures_keep_the_pace_and_urgent_words_do_not() -> None:
    wishes = Wishes(pace=2.0)
    wishes.put(LINE, {"kbps": 1}, urgent=False)
    drain(wishes, 0.0)
    wishes.put(LINE, {"kbps": 2}, urgent=False)
    assert drain(wishes, 1.9) == []
    assert drain(wishes, 2.0) == [(LINE, {"kbps": 2})]
    wishes.put(LINE, {"kbps": 0}, urgent=True)
    assert drain(wishes, 2.1) == [(LINE, {"kbps": 0})]


def test_what_was_written_already_is_not_written_again() -> None:
    wishes = Wishes()
    wishes.put(SLOT, {"live": True}, urgent=True)
    drain(wishes, 0.0)
    wishes.put(SLOT, {"live": True}, urgent=True)
    assert drain(wishes, 9.0) == []


def test_a_wish_that_changes_while_it_is_written_is_written_once_more() -> None:
    wishes = Wishes()
    wishes.put(SLOT, {"live": True}, urgent=True)
    [(name, body)] = wishes.due(0.0)
    wishes.put(SLOT, {"live": False}, urgent=True)
    wishes.written(name, body, 0.1)
    assert wishes.due(0.1) == [(SLOT, {"live": False})]


def test_a_removed_fact_leaves_no_trace_once_written() -> None:
    wishes = Wishes()
    wishes.put(LINE, {"kbps": 1}, urgent=False)
    drain(wishes, 0.0)
    wishes.put(LINE, None, urgent=True, last=True)
    assert drain(wishes, 0.1) == [(LINE, None)]
    assert len(wishes) == 0


def test_a_fact_that_came_and_went_before_it_was_written_is_removed_all_the_same() -> None:
    wishes = Wishes()
    wishes.put(LINE, {"kbps": 1}, urgent=False)
    wishes.put(LINE, None, urgent=True, last=True)
    drain(wishes, 0.0)
    assert len(wishes) == 0


def test_beyond_the_limit_new_facts_are_refused_and_counted() -> None:
    wishes = Wishes(limit=2)
    for key in "abc":
        wishes.put(("l1", "line", key), {"kbps": 1}, urgent=False)
    wishes.put(("l1", "line", "a"), {"kbps": 2}, urgent=False)
    assert wishes.refused == 1
    assert [(name[2], body) for name, body in drain(wishes, 0.0)] == [("a", {"kbps": 2}), ("b", {"kbps": 1})]


def test_again_means_everything_that_stands() -> None:
    wishes = Wishes()
    wishes.put(SLOT, {"live": True}, urgent=True)
    wishes.put(LINE, {"kbps": 1}, urgent=False)
    drain(wishes, 0.0)
    wishes.again()
    assert len(drain(wishes, 0.1)) == 2
