import pytest
from hypothesis import given
from hypothesis import strategies as st

from admin import seed
from admin.identification import CATEGORIES, GUIZHOU, Identification, read


@given(st.sampled_from(sorted(CATEGORIES)), st.integers(0, 999_999))
def test_a_code_is_read_as_it_was_written(category: str, sequence: int) -> None:
    code = Identification(category, GUIZHOU, sequence)
    assert len(str(code)) == 10
    assert read(str(code)) == code


@pytest.mark.parametrize("text", ["", "215200000", "21520000011", "215200000x", "９152000001", "9952000001"])
def test_what_is_no_code_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="/"):
        read(text)


def test_a_primary_school_is_told_from_a_secondary_one() -> None:
    assert read("2152900003").stage == "primary"
    assert read("3452900001").stage == "upper_secondary"


@pytest.mark.parametrize("table", ["places.csv", "demo_places.csv"])
def test_every_school_has_a_code_of_guizhou_and_no_teaching_point_has_one(table: str) -> None:
    for line in seed.rows(table):
        if line["tier"] == "school":
            assert read(line["identification"]).province == GUIZHOU, line["name_zh"]
        else:
            assert line["identification"] == "", line["name_zh"]
