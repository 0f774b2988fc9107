"""One lesson over two relay processes of one machine, as tickets spread it where the first is crowded."""

import asyncio
from collections.abc import Callable

import httpx

from tests.classroom.clients.conftest import Dial
from tests.classroom.clients.peers import until
from tests.classroom.conftest import RunningRelay, make_ticket, viewer_ticket

AT_THE_SIBLING = 3


async def test_who_watches_at_a_sibling_decodes_the_same_lesson_and_the_first_relay_sends_it_there_once(
    make_relay: Callable[[dict[str, str]], RunningRelay], dial: Dial
) -> None:
    here = {"SONGJIAO_MEDIA_ADDRESSES": "127.0.0.1"}
    first, sibling = [make_relay({**here, "SONGJIAO_RELAY_NAME": name}) for name in ("core-0", "core-1")]
    ways = {"ways": (sibling.url, first.url), "anchor": first.url}
    await dial(first.whip(), first.sign(make_ticket(**ways))).publish().connect()
    await dial(first.whep(), first.sign(viewer_ticket())).watch().connect()
    watching = [
        await dial(sibling.whep(), sibling.sign(viewer_ticket(person=f"room-{number}", **ways))).watch().connect()
        for number in range(AT_THE_SIBLING)
    ]
    await until(lambda: all(one.ears and one.ear("video").frames >= 30 for one in watching), 30)
    assert all(len(set(one.ear("video").shades)) > 10 and one.ear("audio").energy > 100 for one in watching)

    before = [await sent(relay) for relay in (first, sibling)]
    await asyncio.sleep(2.0)
    own, copied = [await sent(relay) - at for relay, at in zip((first, sibling), before, strict=True)]
    assert 0.8 < own / 2 / (copied / AT_THE_SIBLING) < 1.25, "its own viewer, and one copy for all at the sibling"


async def sent(relay: RunningRelay) -> float:
    async with httpx.AsyncClient() as client:
        text = (await client.get(f"{relay.url}/metrics")).text
    [line] = [one for one in text.splitlines() if one.startswith("songjiao_relay_bytes_out_total ")]
    return float(line.rsplit(" ", 1)[1])
