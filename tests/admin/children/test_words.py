import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy.ext.asyncio import AsyncSession

from admin import seed
from admin.children.hidden import shown
from admin.children.models import HiddenWord
from admin.children.words import MASK, masked, reading
from core.clock import now


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("你是笨蛋吗", "你是＊＊吗"),
        ("笨 . 蛋！", "＊＊＊＊＊！"),
        ("ＩＤＩＯＴ", "＊＊＊＊＊"),
        ("an Idiot, he", "an ＊＊＊＊＊, he"),
        ("笨笨蛋蛋", "笨＊＊蛋"),
        ("鸡蛋", "鸡蛋"),
    ],
)
def test_hidden_words_are_masked_however_they_are_written(text: str, shown: str) -> None:
    assert masked(text, ["笨蛋", "idiot"]) == shown


@given(st.text(max_size=60), st.lists(st.text(max_size=6), max_size=4))
def test_no_hidden_word_can_be_read_and_the_length_stays(text: str, words: list[str]) -> None:
    shown = masked(text, words)
    assert len(shown) == len(text)
    assert not [word for word in words if reading(word) and reading(word) in reading(shown)]


@given(st.text(max_size=60))
def test_without_words_a_text_stays(text: str) -> None:
    assert masked(text, []) == text
    assert MASK not in reading(MASK)


async def test_what_is_written_beside_a_recording_is_masked_before_others_read_it(session: AsyncSession) -> None:
    session.add(HiddenWord(word="笨蛋", by=seed.person("bureau"), at=now()))
    await session.flush()
    assert await shown(session, ["他是 笨 蛋", "讲得好"]) == ["他是 ＊＊＊", "讲得好"]
