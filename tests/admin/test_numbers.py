from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import delete, select, text, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from admin import numbers, seed
from admin.children.models import Minor
from core import person_keys
from core.clock import now

SEVENTEEN = st.text("0123456789", min_size=17, max_size=17)
NUMBER = "52230120150101001" + numbers.check_sign("52230120150101001")
ADULT = "440524188001010014"
PUPIL = seed.person("student")


def test_the_check_sign_of_the_norms_own_example() -> None:
    assert numbers.is_identity("11010519491231002X")
    assert numbers.is_identity("440524188001010014")
    assert not numbers.is_identity("110105194912310021")


@given(SEVENTEEN, st.integers(0, 16), st.sampled_from("0123456789"))
def test_one_wrong_digit_is_noticed(first: str, at: int, digit: str) -> None:
    number = first + numbers.check_sign(first)
    wrong = number[:at] + digit + number[at + 1 :]
    assert numbers.is_identity(number)
    assert (wrong == number) == numbers.is_identity(wrong)


@given(SEVENTEEN)
def test_a_mask_shows_the_region_and_the_last_two(first: str) -> None:
    number = first + numbers.check_sign(first)
    for whole in (number, f"G{number}"):
        shown = numbers.masked(whole)
        assert len(shown) == len(whole)
        assert shown.count("*") == 12
        assert shown[-2:] == whole[-2:]


@pytest.mark.parametrize("number", [f"G{NUMBER}", f"L{NUMBER}", "J52230012"])
def test_a_pupils_number_is_one_of_three_forms(number: str) -> None:
    assert numbers.is_pupil(number)
    assert not numbers.is_pupil(number[1:])


async def test_a_number_is_found_and_read_but_not_stored_in_words(session: AsyncSession) -> None:
    await numbers.keep(session, [(PUPIL, "identity", f" {NUMBER.lower()} ")])
    assert await numbers.find(session, "identity", NUMBER) == PUPIL
    assert await numbers.find(session, "identity", "11010519491231002X") is None
    assert await numbers.reveal(session, PUPIL, "identity") == NUMBER
    assert await numbers.of_person(session, PUPIL) == {"identity": "5223" + "*" * 12 + NUMBER[-2:]}
    stored = str((await session.execute(text("SELECT person_numbers::text FROM person_numbers"))).scalar_one())
    assert NUMBER not in stored
    assert NUMBER.encode().hex() not in stored


@given(st.dates(date(1930, 1, 1), date(2029, 12, 31)), st.sampled_from(["", "G", "L"]))
def test_a_number_tells_the_birthday(born: date, form: str) -> None:
    first = f"522324{born:%Y%m%d}001"
    assert numbers.birthday(form + first + numbers.check_sign(first)) == born


@given(st.text(max_size=24))
def test_no_text_breaks_the_reading_of_birthdays(text: str) -> None:
    numbers.birthday(text)


async def test_a_pupils_birthday_is_known_by_the_number_and_a_correction_stays(session: AsyncSession) -> None:
    await session.execute(delete(Minor).where(Minor.person_id == PUPIL))
    await numbers.keep(session, [(PUPIL, "identity", NUMBER), (seed.person("teacher"), "identity", ADULT)])
    born = select(Minor.person_id, Minor.born).where(Minor.person_id.in_([PUPIL, seed.person("teacher")]))
    assert (await session.execute(born)).all() == [(PUPIL, date(2015, 1, 1))]
    await session.execute(update(Minor).where(Minor.person_id == PUPIL).values(born=date(2015, 1, 2)))
    await numbers.keep(session, [(PUPIL, "pupil", f"G{NUMBER}")])
    assert (await session.execute(born)).all() == [(PUPIL, date(2015, 1, 2))]


async def test_two_persons_cannot_have_one_number(session: AsyncSession) -> None:
    await numbers.keep(session, [(PUPIL, "identity", NUMBER)])
    with pytest.raises(IntegrityError):
        async with session.begin_nested():
            await numbers.keep(session, [(seed.person("teacher"), "identity", NUMBER)])


async def test_with_the_key_the_number_is_gone(session: AsyncSession) -> None:
    await numbers.keep(session, [(PUPIL, "pupil", f"G{NUMBER}")])
    await person_keys.destroy(session, PUPIL, now())
    assert await numbers.reveal(session, PUPIL, "pupil") is None
    assert await person_keys.tombstones(session) == [PUPIL]
    with pytest.raises(person_keys.Erased):
        await numbers.keep(session, [(PUPIL, "pupil", f"G{NUMBER}")])
