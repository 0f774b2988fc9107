from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from admin.models import Organisation, Person
from admin.paging import Order, containing, decode_cursor, encode_cursor, having
from core.errors import BadInput

BY_TIER = Order((Organisation.tier, Organisation.name_zh, Organisation.id))
BY_NAME = Order((Person.name, Person.id))
words = st.text(st.characters(categories=["L", "N", "P", "S"]), max_size=40)


@given(st.lists(words, max_size=4))
def test_a_cursor_gives_back_what_was_put_in(values: list[str]) -> None:
    assert decode_cursor(encode_cursor(values)) == values


@given(st.one_of(st.text(max_size=60), st.binary(max_size=40).map(lambda raw: raw.hex())))
def test_a_foreign_cursor_is_refused_in_words(text: str) -> None:
    with pytest.raises(BadInput, match="bad-cursor"):
        BY_NAME.behind(text)


@pytest.mark.parametrize(
    "values",
    [[], ["a"], ["a", "b", "c"], ["韦小兰", "no uuid"], ["a\x00", "0190a5b6-0000-7000-8000-000000000000"], [1, 2], {}],
)
def test_a_cursor_of_another_list_is_refused_in_words(values: Any) -> None:
    with pytest.raises(BadInput, match="bad-cursor"):
        BY_NAME.behind(encode_cursor(values))


def test_a_cursor_with_an_unknown_tier_is_refused_before_the_database() -> None:
    with pytest.raises(BadInput, match="bad-cursor"):
        BY_TIER.behind(encode_cursor(["galaxy", "云头", "0190a5b6-0000-7000-8000-000000000000"]))


@pytest.mark.parametrize(("typed", "pattern"), [("云头", "%云头%"), (" 100% ", r"%100\%%"), ("a_b", r"%a\_b%")])
def test_signs_of_patterns_mean_themselves(typed: str, pattern: str) -> None:
    assert containing(typed) == pattern


@pytest.mark.parametrize(("typed", "folds"), [("云头", False), ("2152", False), ("Yuntou", True), ("ⅳ 班", True)])
def test_only_letters_of_two_cases_are_folded(typed: str, folds: bool) -> None:
    statement = str(having(typed, Person.name, Person.username)).lower()
    assert ("lower(" in statement) == folds
    assert statement.count("like") == 2
