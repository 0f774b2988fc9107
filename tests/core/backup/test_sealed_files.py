import io

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.backup import sealed_files
from core.backup.sealed_files import TAG, sealed, unsealed
from core.sealing import Unsealable

KEY = bytes(range(32))


def opened(data: bytes, key: bytes = KEY) -> bytes:
    return b"".join(unsealed(key, io.BytesIO(data)))


@settings(max_examples=60)
@given(st.lists(st.binary(max_size=40), max_size=12))
def test_a_file_comes_back_however_it_was_cut(chunks: list[bytes]) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sealed_files, "FRAME", 16)
        assert opened(b"".join(sealed(KEY, chunks))) == b"".join(chunks)


@settings(max_examples=60)
@given(st.binary(min_size=1, max_size=100), st.data())
def test_a_changed_or_cut_file_does_not_open(plain: bytes, data: st.DataObject) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sealed_files, "FRAME", 16)
        whole = b"".join(sealed(KEY, [plain]))
        cut = whole[: data.draw(st.integers(0, len(whole) - 1))]
        with pytest.raises(Unsealable):
            opened(cut)
        changed = bytearray(whole)
        changed[data.draw(st.integers(0, len(whole) - 1))] ^= 1
        with pytest.raises(Unsealable):
            opened(bytes(changed))


def test_frames_cannot_be_exchanged() -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sealed_files, "FRAME", 16)
        one, two, *rest = sealed(KEY, [bytes(60)])
        with pytest.raises(Unsealable):
            opened(b"".join([two, one, *rest]))


def test_an_empty_file_is_one_frame() -> None:
    assert [len(frame) for frame in sealed(KEY, [])] == [TAG]
    assert opened(b"".join(sealed(KEY, []))) == b""
