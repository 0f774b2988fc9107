"""Chapters from what the board did."""

from classroom.recorder.chapters import BoardWatch, chapters
from classroom.recorder.cutting import Part
from classroom.recorder.samples import Sample


def shown(watch: BoardWatch, begin: int, end: int, pages: tuple[int, ...] = ()) -> None:
    """Ten small frames a second; a large one at each new page, and a key frame every three seconds."""
    for second in range(begin, end):
        samples = [
            Sample(round((second + tenth / 10) * 90000), 9000, bytes(_size(second, tenth, pages)), _key(second, tenth))
            for tenth in range(10)
        ]
        watch.see(Part(float(second), 1.0, [], samples, True, False))


def _key(second: int, tenth: int) -> bool:
    return tenth == 0 and second % 3 == 0


def _size(second: int, tenth: int, pages: tuple[int, ...]) -> int:
    return 40_000 if _key(second, tenth) or (second in pages and tenth == 5) else 900


def test_pages_of_the_board_are_chapters() -> None:
    watch = BoardWatch([], [])
    shown(watch, 30, 200, pages=(90, 91, 150))
    assert watch.changes == [90.5, 150.5]
    assert [(one["at"], one["title"]) for one in chapters(watch.spans, watch.changes)] == [
        (0.0, "开始"),
        (30.0, "课件 1"),
        (90.5, "课件 2"),
        (150.5, "课件 3"),
        (200.0, "讲解"),
    ]


def test_a_board_that_comes_back_is_a_chapter_again() -> None:
    watch = BoardWatch([], [])
    shown(watch, 0, 60)
    shown(watch, 120, 180)
    assert watch.spans == [[0.0, 60.0], [120.0, 180.0]]
    assert [one["title"] for one in chapters(watch.spans, watch.changes)] == ["课件 1", "讲解", "课件 2", "讲解"]


def test_a_picture_that_only_stands_in_is_no_board() -> None:
    watch = BoardWatch([], [])
    still = Sample(0, 90000, bytes(40_000), True)
    watch.see(Part(0.0, 1.0, [], [still], True, True))
    assert watch.spans == []


def test_strokes_and_key_frames_are_no_chapters() -> None:
    watch = BoardWatch([], [])
    shown(watch, 0, 300)
    assert watch.changes == []


def test_without_a_board_there_is_one_chapter() -> None:
    assert chapters([], []) == [{"at": 0.0, "title": "开始"}]
