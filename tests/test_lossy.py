"""The bad line of the tests loses as much as it is told to."""

import pytest

from tests.lossy import Direction, Trouble

PACKETS = 40_000


@pytest.mark.parametrize(("loss", "burst"), [(0.05, 1.0), (0.2, 1.0), (0.05, 4.0), (0.2, 3.0)])
def test_loss_is_the_share_that_was_asked_for_whatever_the_bursts(loss: float, burst: float) -> None:
    line = Direction(Trouble(loss=loss, burst=burst), seed=7)
    lost = sum(not line.fate(1000, at * 0.001) for at in range(PACKETS))
    assert lost / PACKETS == pytest.approx(loss, rel=0.07)
