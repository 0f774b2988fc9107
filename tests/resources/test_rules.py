"""The library's pure rules."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.errors import Conflict
from core.store import Received
from resources import receiving, searching
from resources.media import playlists
from resources.media.ladder import RUNGS, ladder
from resources.readers import is_complete
from resources.stages import NEXT, STAGES, advance

HAN = st.text(alphabet=st.characters(min_codepoint=0x4E00, max_codepoint=0x4E80), min_size=1, max_size=40)


@given(st.integers(0, 20 * 1024**3))
def test_every_file_fits_into_the_parts_that_s3_takes(size: int) -> None:
    each = receiving.part_size(size)
    assert each >= receiving.LEAST_PART
    assert 1 <= receiving.parts_of(size, each) <= receiving.MOST_PARTS


@given(st.integers(1, 100 * receiving.MIB), st.data())
def test_what_lacks_is_named_and_nothing_else(size: int, data: st.DataObject) -> None:
    each = receiving.part_size(size)
    count = receiving.parts_of(size, each)
    there = data.draw(st.sets(st.integers(1, count)))
    parts = [Received(one, size - each * (count - 1) if one == count else each, "") for one in sorted(there)]
    missing = sorted(set(range(1, count + 1)) - there)
    if not missing:
        return receiving.must_be_whole(parts, size, each, None)
    with pytest.raises(Conflict) as raised:
        receiving.must_be_whole(parts, size, each, None)
    assert raised.value.extra["missing"] == missing


@given(HAN, st.data())
def test_every_one_or_two_neighbours_of_a_text_are_among_its_grams(text: str, data: st.DataObject) -> None:
    begin = data.draw(st.integers(0, len(text) - 1))
    word = text[begin : begin + data.draw(st.integers(1, 2))]
    assert searching.asked(word)[0] == [searching.folded(word)]
    assert searching.folded(word) in searching.grams(text)


def test_a_search_asks_for_the_pairs_of_its_words_and_for_the_long_words_whole() -> None:
    assert searching.asked("月相 变化的, ＡＢ！ 水") == (["月相", "变化", "化的", "ab", "水"], ["变化的"])
    assert searching.asked("  %_ ") == ([], [])


@given(st.integers(1, 4320), st.sampled_from(["h264", "vp8", "hevc"]), st.sampled_from(["aac", "opus", None]))
def test_a_ladder_never_enlarges_and_has_each_height_once(height: int, video: str, audio: str | None) -> None:
    rungs = ladder(height, video, audio)
    heights = [rung.height for rung in rungs]
    assert all(one <= height for one in heights)
    assert heights == sorted(set(heights), reverse=True)
    assert rungs


def test_what_browsers_take_is_copied_and_what_is_larger_is_made_smaller() -> None:
    assert [(rung.height, rung.copied) for rung in ladder(720, "h264", "aac")] == [
        (720, True),
        (540, False),
        (360, False),
    ]
    assert [(rung.height, rung.copied) for rung in ladder(1080, "h264", "aac")] == [(one, False) for one, _ in RUNGS]
    assert [(rung.height, rung.copied) for rung in ladder(240, "vp8", "opus")] == [(240, False)]
    assert ladder(0, None, "aac") == []


def steps(height: int, video: str, audio: str) -> list[tuple[int, bool]]:
    return [(rung.height, rung.copied) for rung in ladder(height, video, audio)]


FRAGMENTS = st.lists(st.tuples(st.integers(1, 10**6), st.integers(1, 10_000)), min_size=1, max_size=30)


@given(FRAGMENTS, st.integers(1, 5000))
def test_a_playlist_reads_as_it_was_written(sizes: list[tuple[int, int]], header: int) -> None:
    fragments, offset, begins = [], header, 0
    for size, lasts in sizes:
        fragments.append([offset, size, begins, lasts])
        offset, begins = offset + size, begins + lasts
    written = playlists.media([("https://store.example/a?b=1", fragments)])
    assert playlists.read(written) == fragments
    assert playlists.bits_per_second(fragments) >= max(size * 8000 // lasts for size, lasts in sizes) - 1


def test_nothing_leaves_the_last_stages_and_a_step_may_be_repeated() -> None:
    assert not NEXT["playable"] | NEXT["refused"]
    assert all(advance(stage, stage) == stage for stage in STAGES)
    with pytest.raises(Conflict):
        advance("refused", "playable")


def test_nine_tenths_of_a_recording_or_of_the_pages_are_the_whole() -> None:
    assert not is_complete(89.0, 100.0, None)
    assert is_complete(90.0, 100.0, None)
    assert is_complete(9, None, 10)
    assert is_complete(0, None, None)
