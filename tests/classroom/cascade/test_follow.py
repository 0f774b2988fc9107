"""What stands in a lesson for what the relay above offers, and which parts of it are wanted."""

from collections.abc import AsyncIterator

import httpx
import pytest

from classroom.cascade import offers
from classroom.cascade.caller import Caller
from classroom.cascade.follow import GRACE, Follow
from classroom.transport.port import MediaPort
from tests.classroom.conftest import viewer_ticket
from tests.classroom.relay.peers import START, Teacher, Viewer, World

LAYERED = ("voice", "q", "h", "f")


class Here:
    """A relay's lesson that follows one above."""

    def __init__(self, http: httpx.AsyncClient, port: MediaPort) -> None:
        self.world = World()
        self.released: list[str] = []
        self.news = 0
        caller = Caller(http, port, "school-1", lambda: self.world.now)
        silent: list[str] = []
        calls = (self._heard, silent.append, self.released.append)
        self.follow = Follow(caller, self.world.lesson, viewer_ticket(), "http://school", {}, *calls)

    def _heard(self) -> None:
        self.news += 1

    def take(self, offer: offers.Offer) -> None:
        self.follow.take(offer, self.world.now)

    def wanted(self, *watched: str) -> set[tuple[str, str]]:
        return set(self.follow.wanted(set(watched), self.world.now))

    @property
    def offered(self) -> offers.Offer:
        return offers.offered(self.world.lesson)


@pytest.fixture
async def here() -> AsyncIterator[Here]:
    port = MediaPort.open(["127.0.0.1"], 0, lambda: START)
    async with httpx.AsyncClient() as http:
        yield Here(http, port)
    for one in port.sockets:
        one.close()


async def test_what_is_offered_above_is_offered_here(here: Here) -> None:
    here.take({"teacher": LAYERED, "board": ("f",)})
    assert here.offered == {"teacher": LAYERED, "board": ("f",)}
    assert here.news == 1


async def test_an_offer_that_changes_changes_here(here: Here) -> None:
    here.take({"teacher": LAYERED})
    here.take({"teacher": ("voice", "f")})
    assert here.offered == {"teacher": ("voice", "f")}


async def test_of_the_layers_only_those_that_somebody_takes_or_tries_next_are_wanted(here: Here) -> None:
    here.take({"teacher": LAYERED})
    assert here.wanted() == set()
    Viewer(here.world)
    assert here.wanted("teacher") == {("teacher", "voice"), ("teacher", "q"), ("teacher", "h")}


async def test_a_single_layer_is_wanted_by_everybody_who_watches(here: Here) -> None:
    here.take({"teacher": ("voice", "f"), "board": ("f",)})
    assert here.wanted("board") == {("board", "f")}


async def test_the_thin_voice_comes_with_the_teacher(here: Here) -> None:
    here.take({"teacher": ("voice",), "voice": ("voice",)})
    assert here.wanted("teacher") == {("teacher", "voice"), ("voice", "voice")}


async def test_a_slot_that_fell_empty_above_stays_for_a_moment(here: Here) -> None:
    here.take({"teacher": LAYERED})
    here.take({})
    here.follow.prune(here.world.now + GRACE - 0.1)
    assert (here.released, set(here.offered)) == ([], {"teacher"})
    here.follow.prune(here.world.now + GRACE + 0.1)
    assert (here.released, set(here.offered)) == (["teacher"], set())


async def test_a_publisher_who_comes_back_in_time_finds_everything(here: Here) -> None:
    here.take({"teacher": LAYERED})
    whole = here.follow.whole["teacher"]
    here.take({})
    here.take({"teacher": LAYERED})
    here.follow.prune(here.world.now + 60.0)
    assert here.follow.whole["teacher"] is whole


async def test_nothing_stands_where_somebody_publishes_here(here: Here) -> None:
    own = Teacher(here.world)
    here.take({"teacher": LAYERED})
    assert here.world.lesson.slot("teacher").publication is own.publication
    assert here.follow.whole == {}


def test_an_offer_comes_back_as_it_was_told_and_its_mark_tells_it_from_others() -> None:
    offer = {"teacher": LAYERED, "voice": ("voice",)}
    assert offers.read(b'{"slots": {"teacher": ["f", "q", "h", "voice", "x"], "voice": ["voice"]}}') == offer
    assert offers.mark(offer) == offers.mark(dict(reversed(offer.items())))
    assert offers.mark(offer) != offers.mark({"teacher": LAYERED})
    for broken in (b"", b"[]", b'{"slots": 1}', b'{"slots": {"a": 1}}'):
        with pytest.raises(ValueError, match=r".*"):
            offers.read(broken)
