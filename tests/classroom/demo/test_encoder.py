"""When ffmpeg is started again."""

import asyncio

from classroom.demo import encoder
from classroom.ingest.ffmpeg import Ended
from core.embedded.ports import free_port


async def test_a_broadcast_begins_again_as_soon_as_somebody_listens_there() -> None:
    port, began = free_port(), asyncio.Queue[float]()
    clock = asyncio.get_running_loop().time

    async def run() -> None:
        began.put_nowait(clock())
        raise Ended(145, "Connection refused")

    keeping = asyncio.create_task(encoder.keep(run, lambda: encoder.opened(f"http://127.0.0.1:{port}/whip/a")))
    await began.get()
    await asyncio.sleep(encoder.FIRST_PAUSE + 2 * encoder.LOOK_SECONDS)
    assert began.empty(), "nobody listens yet"
    relay = await asyncio.start_server(lambda reader, writer: writer.close(), "127.0.0.1", port)
    back = clock()
    assert await asyncio.wait_for(began.get(), 2.0) - back < 3 * encoder.LOOK_SECONDS
    keeping.cancel()
    relay.close()
