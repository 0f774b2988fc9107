"""`songjiao ingest`: one source of existing classroom equipment becomes the WHIP publication of a slot, for as long
as it runs.
"""

from __future__ import annotations

import asyncio
import logging
import random
import signal
import time
from contextlib import suppress
from pathlib import Path
from urllib.parse import urlsplit

from classroom.ingest import ffmpeg
from classroom.ingest.hear import Heard, hear
from classroom.ingest.plan import Found, arguments

logger = logging.getLogger(__name__)

FIRST_PAUSE, LONGEST_PAUSE = 1.0, 15.0
# having published for so long, the next fault is a new one
SOUND_SECONDS = 30.0
# a relay is away for a second at least when it starts anew
LOOK_SECONDS = 0.4


async def publish(source: str, whip_url: str, ticket_file: Path, *, transcode: bool = True) -> None:
    """Publishes until cancelled, beginning again after every loss; cancelling deletes the WHIP session.

    The ticket is read from its file before each beginning, so a new one may be put there at any time. Raises
    CannotSend when
    this source can never be sent as set up, and OSError when the ticket cannot be read.
    """
    found, pause = Found(), FIRST_PAUSE
    while True:
        ticket = (await asyncio.to_thread(ticket_file.read_text, "utf-8")).strip()
        began = time.monotonic()
        heard = await _once(source, whip_url, arguments(source, found, whip_url, ticket, transcode=transcode))
        if found.copyable and not heard.found.copyable:
            found = heard.found
            logger.info("%s cannot be copied: %s", source, found)
            pause = 0.0
        elif time.monotonic() - began > SOUND_SECONDS:
            pause = FIRST_PAUSE
        await asyncio.sleep(pause * random.uniform(0.7, 1.3))
        pause = min(max(pause * 2, FIRST_PAUSE), LONGEST_PAUSE)


async def _once(source: str, whip_url: str, chosen: list[str]) -> Heard:
    """One run of ffmpeg, to its end, or to the moment when it turns out that the source must not be copied, or that the
    relay has forgotten the publication."""
    heard, copying, useless = Heard(), "copy" in chosen, asyncio.Event()

    def listen(line: str) -> None:
        nonlocal heard
        before, heard = heard, hear(heard, line)
        if copying and not heard.found.copyable:
            useless.set()
        elif heard.published and not before.published:
            way = "copied" if copying else "encoded anew"
            logger.info("%s is published: video %s (%s), audio %s", source, heard.found.video, way, heard.found.audio)

    logger.info("%s: waiting for the source", source)
    running = asyncio.create_task(ffmpeg.run(chosen, heard=listen))
    others = [asyncio.create_task(useless.wait()), asyncio.create_task(_restarted(whip_url))]
    try:
        await asyncio.wait({running, *others}, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for task in (running, *others):
            task.cancel()
        [ended, *_] = await asyncio.gather(running, *others, return_exceptions=True)
    if not useless.is_set():
        logger.warning("%s was lost: %s", source, ended.words if isinstance(ended, ffmpeg.Ended) else "its end")
    return heard


async def _restarted(whip_url: str) -> None:
    """Returns when the relay was away and is back. ffmpeg's muxer hears nothing of that: it would go on sending to a
    relay that no longer knows it."""
    away = False
    while True:
        await asyncio.sleep(LOOK_SECONDS)
        there = await _answers(whip_url)
        if there and away:
            return
        away = away or not there


async def _answers(url: str) -> bool:
    to = urlsplit(url)
    try:
        async with asyncio.timeout(2):
            _, writer = await asyncio.open_connection(to.hostname, to.port or (443 if to.scheme == "https" else 80))
    except OSError:
        return False
    writer.close()
    return True


def run(source: str, whip_url: str, ticket_file: Path, *, transcode: bool = True) -> None:
    """The command. Ctrl-C or SIGTERM ends the publication with a good-bye to the relay. Raises CannotSend or
    OSError.
    """

    async def until_told() -> None:
        task = asyncio.create_task(publish(source, whip_url, ticket_file, transcode=transcode))
        asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, task.cancel)
        with suppress(asyncio.CancelledError):
            await task

    with suppress(KeyboardInterrupt):
        asyncio.run(until_told())
