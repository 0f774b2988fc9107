from classroom.relay import departed
from classroom.relay.departed import Departed


def test_an_end_is_told_to_its_owner_once() -> None:
    left = Departed()
    left.add("s1", "chen", 0.0)
    assert "s1" in left
    assert not left.take("s1", "wang", 1.0)
    assert left.take("s1", "chen", 1.0)
    assert not left.take("s1", "chen", 1.0)


def test_an_end_is_forgotten_after_a_minute() -> None:
    left = Departed()
    left.add("s1", "chen", 0.0)
    assert not left.take("s1", "chen", departed.KEPT)
    assert len(left) == 0


def test_beyond_the_limit_the_oldest_is_forgotten() -> None:
    left = Departed()
    for number in range(departed.MOST + 2):
        left.add(f"s{number}", "chen", number / 1000)
    assert len(left) == departed.MOST
    assert "s1" not in left
    assert "s2" in left
