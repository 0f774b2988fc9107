from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.sealing import Sealer, Unsealable, seal, seal_json, unseal, unseal_json

SEALER = Sealer.of("a secret for tests only")
PERSON = UUID(int=7)
KEY = bytes(range(32))


@given(st.binary(max_size=500), st.text(max_size=40))
def test_what_was_sealed_opens_again(plain: bytes, purpose: str) -> None:
    assert unseal(KEY, seal(KEY, plain, purpose), purpose) == plain


@given(st.binary(max_size=60), st.data())
def test_a_changed_byte_does_not_open(plain: bytes, data: st.DataObject) -> None:
    sealed = bytearray(seal(KEY, plain, "name"))
    at = data.draw(st.integers(0, len(sealed) - 1))
    sealed[at] ^= data.draw(st.integers(1, 255))
    with pytest.raises(Unsealable):
        unseal(KEY, bytes(sealed), "name")


@given(st.binary(max_size=60))
def test_foreign_bytes_do_not_open(foreign: bytes) -> None:
    with pytest.raises(Unsealable):
        unseal(KEY, foreign, "name")


def test_a_value_for_one_purpose_does_not_open_for_another() -> None:
    with pytest.raises(Unsealable):
        unseal(KEY, seal(KEY, b"520326", "pupil number"), "identity number")


def test_the_same_value_looks_different_each_time() -> None:
    assert seal(KEY, b"same", "name") != seal(KEY, b"same", "name")


def test_a_persons_key_opens_with_the_masters_secret_only() -> None:
    key, wrapped = SEALER.new_key(PERSON)
    assert SEALER.unwrap(PERSON, wrapped) == key
    with pytest.raises(Unsealable):
        Sealer.of("another secret, as long").unwrap(PERSON, wrapped)
    with pytest.raises(Unsealable):
        SEALER.unwrap(uuid4(), wrapped)


@given(st.recursive(st.none() | st.booleans() | st.integers() | st.text(), lambda inner: st.lists(inner, max_size=3)))
def test_json_comes_back_as_it_was(value: object) -> None:
    assert unseal_json(KEY, seal_json(KEY, value, "audit"), "audit") == value


def test_equal_numbers_have_equal_blind_marks_for_one_purpose_and_one_house() -> None:
    mark = SEALER.blind("identity", "522301201501010011")
    assert mark == SEALER.blind("identity", "522301201501010011")
    assert mark != SEALER.blind("pupil", "522301201501010011")
    assert mark != Sealer.of("another secret, as long").blind("identity", "522301201501010011")
    assert b"5223" not in mark
