import pytest
from hypothesis import given
from hypothesis import strategies as st

from admin.sign_on.password_rules import faults


@pytest.mark.parametrize(
    "password", ["Kuaile7Xiaohe", "long sentence of no figures", "万峰林下的油菜花开了Abc1", "x9-Kp2_mqz"]
)
def test_good_passwords(password: str) -> None:
    assert faults(password, ["bureau", "杨立群"]) == []


@pytest.mark.parametrize(
    ("password", "reason"),
    [
        ("Ab1-xyz", "at least 10"),
        ("abcdefghjk", "3 of"),
        ("woaini1314", "common"),
        ("P@ssw0rd123", "common"),
        ("aaaaaaaaaaaaaaaaaaa", "common"),
        ("Bureau-2026!", "user name"),
        ("杨立群Xy1234567", "user name"),
    ],
)
def test_bad_passwords_are_told_why(password: str, reason: str) -> None:
    assert any(reason in en for _, en in faults(password, ["bureau", "杨立群"]))


@given(st.text(max_size=60))
def test_every_fault_has_words_in_both_languages(password: str) -> None:
    assert all(zh and en for zh, en in faults(password, ["bureau"]))
