from hypothesis import given
from hypothesis import strategies as st

from classroom.interaction.log import Entry
from classroom.interaction.state import LessonState, apply, whole

bodies = st.none() | st.fixed_dictionaries({"live": st.booleans()})
entries = st.builds(Entry, st.integers(1, 30), st.sampled_from(["slot", "line"]), st.sampled_from("ab"), bodies)


def test_a_newer_fact_replaces_the_older_of_its_name_only() -> None:
    state = whole(2, [Entry(1, "slot", "a", {"live": True}), Entry(2, "slot", "b", {"live": True})])
    after = apply(state, Entry(3, "slot", "a", {"live": False}))
    assert [(fact.key, fact.seq) for fact in after.facts.values()] == [("b", 2), ("a", 3)]
    assert state.facts[("slot", "a")].seq == 1


def test_old_news_changes_nothing() -> None:
    state = whole(5, [Entry(5, "slot", "a", {"live": True})])
    assert apply(state, Entry(5, "slot", "a", None)) is state


@given(st.lists(entries, max_size=30))
def test_the_state_is_the_last_word_on_each_fact(messages: list[Entry]) -> None:
    state = LessonState()
    expected: dict[tuple[str, str], Entry] = {}
    for message in messages:
        if message.seq > state.seq:
            expected.pop(message.name, None)
            if message.body is not None:
                expected[message.name] = message
        state = apply(state, message)
    assert dict(state.facts) == expected
    assert state.seq == max((message.seq for message in messages), default=0)


@given(st.lists(entries, max_size=30), st.integers(0, 30))
def test_resuming_from_any_point_ends_in_the_same_state(messages: list[Entry], cut: int) -> None:
    ordered = sorted({message.seq: message for message in messages}.values(), key=lambda entry: entry.seq)
    at_once = at_cut = LessonState()
    for message in ordered:
        at_once = apply(at_once, message)
    for message in [*ordered[:cut], *ordered]:
        at_cut = apply(at_cut, message)
    assert at_cut == at_once
