"""One lesson that is recorded: a line to the relay for each of its slots, a shelf, and the way into the library."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

import structlog

from classroom.recorder.chapters import chapters
from classroom.recorder.line import Over, Phone, Source
from classroom.recorder.live import LiveLesson
from classroom.recorder.sending import Sender
from classroom.recorder.shelf import LessonShelf
from classroom.recorder.slot import SlotRecording
from classroom.recorder.web import Away, Refused, Web

ROOMS = ("guest", "room1", "room2", "room3")
SLOTS: dict[str, tuple[str, ...]] = {
    "none": (),
    "teacher": ("teacher",),
    "teacher_board": ("teacher", "board"),
    "teacher_board_rooms": ("teacher", "board", *ROOMS),
}
"""What a policy lets be recorded. Interactive rooms only where all their families agree (`process.py` asks)."""
SEND_EVERY = 2.0
FIRST_PAUSE, LONGEST_PAUSE = 0.5, 15.0
HEARD = 10.0
"""Seconds for which a slot counts as recorded after its last packet."""
GIVEN_UP = ("recording-over", "not-recorded", "recording-unknown", "not-your-place")
"""Answers after which there is nothing left to hand over."""
TAKEN_DOWN = ("families-disagree", "upload-unknown")
"""Answers after which nothing of the rooms may be left."""

log = structlog.get_logger()


class LessonRecording:
    """`begin` the lines, `tick` every 20 ms, `finish` when the lesson is over. `run` ends when all is handed over."""

    def __init__(self, shelf: LessonShelf, web: Web, phone: Phone) -> None:
        self.id = shelf.facts.lesson
        self.shelf = shelf
        self.live = LiveLesson()
        self.over_at: float | None = None
        self.trouble: str | None = None
        self.source: Source | None = None
        self.ended = asyncio.Event()
        """The relay says so, or `finish` was called."""
        self._web = web
        self._phone = phone
        self._slots: dict[str, SlotRecording] = {}
        self._lines: dict[str, asyncio.Task[None]] = {}
        self._senders: dict[tuple[str, int], Sender] = {}
        self._begun = False
        self._hurry = asyncio.Event()
        self._loop = asyncio.get_running_loop()
        shelf.on_part = self.live.add
        shelf.on_trouble = self._say_soon

    def _say_soon(self, words: str | None) -> None:
        self._loop.call_soon_threadsafe(self._say, words)

    def _say(self, words: str | None) -> None:
        self.trouble = words
        self._hurry.set()

    def begin(self) -> None:
        """By what its facts say."""
        facts = self.shelf.facts
        self.source = Source(tuple(facts.addresses), facts.ticket)
        self._open(SLOTS.get(facts.policy, ()))
        self.shelf.save()

    def _open(self, names: Sequence[str]) -> None:
        for name in names:
            self._slots[name] = SlotRecording(name, self.shelf)
            self._lines[name] = asyncio.create_task(self._hold(self._slots[name]))

    def follow(self, policy: str) -> None:
        """Families may agree, or no longer agree, while the lesson runs. What there is of the rooms goes then."""
        facts = self.shelf.facts
        if policy == facts.policy or facts.over:
            return
        facts.policy = policy
        self._open([name for name in SLOTS[policy] if name not in self._slots])
        if not set(ROOMS) & set(SLOTS[policy]):
            self.forget_rooms()

    def forget_rooms(self) -> None:
        """On the disk at once, in the library with what is handed over next."""
        for name in ROOMS:
            if name in self._lines:
                self._lines.pop(name).cancel()
                del self._slots[name]
            self.live.slots.pop(name, None)
            self.shelf.discard(name)
        self.shelf.facts.rooms_gone = True
        self.shelf.save()
        self._senders = {key: sender for key, sender in self._senders.items() if key[0] not in ROOMS}

    async def _hold(self, slot: SlotRecording) -> None:
        try:
            await self._phone.hold(slot, self._source)
        except Over:
            self.ended.set()

    def _source(self) -> Source:
        assert self.source is not None
        return self.source

    def tick(self, now: float) -> None:
        for slot in self._slots.values():
            slot.tick(now)

    def finish(self, now: float) -> None:
        """The lesson is over: everything goes to the disk and from there to the library."""
        if self.shelf.facts.over:
            return
        for line in self._lines.values():
            line.cancel()
        for slot in self._slots.values():
            slot.finish(now)
        for name in {name for name, _ in self.shelf.files}:
            self.shelf.close(name)
        self._slots, self.over_at = {}, now
        self.shelf.facts.over = True
        self.shelf.save()
        self.ended.set()
        self._hurry.set()

    def fact(self, now: float) -> dict[str, Any] | None:
        """What pages are told; None when nothing is recorded any more."""
        if self.shelf.facts.over:
            return None
        heard = [slot.slot for slot in self._slots.values() if now - slot.heard < HEARD]
        since = self.shelf.facts.epoch
        state = "trouble" if self.trouble else "on" if heard else "waiting"
        rooms = bool(set(ROOMS) & self._slots.keys())
        moment = since and datetime.fromtimestamp(since, UTC).isoformat()
        return {"state": state, "slots": heard, "rooms": rooms, "since": moment}

    def stop(self, now: float) -> None:
        """The process ends: what has come goes to the disk, where the next one finds it."""
        for line in self._lines.values():
            line.cancel()
        for slot in self._slots.values():
            slot.stop(now)
        self._slots = {}

    async def run(self) -> None:
        """Hands over what is there, again and again; returns when all is in the library."""
        pause, said = FIRST_PAUSE, self.trouble
        while True:
            try:
                if self.trouble != said:
                    said = self.trouble
                    await self._web.report(self.id, said)
                if await self._hand_over():
                    break
                pause = FIRST_PAUSE
                await self._rest(SEND_EVERY)
            except (Away, OSError) as reason:
                log.info("library_away", lesson=self.id, reason=str(reason))
                await asyncio.sleep(pause)
                pause = min(pause * 2, LONGEST_PAUSE)
            except Refused as refusal:
                if refusal.code in GIVEN_UP and self.shelf.facts.over:
                    log.warning("recording_given_up", lesson=self.id, reason=str(refusal))
                    break
                log.warning("library_refuses", lesson=self.id, reason=str(refusal))
                await asyncio.sleep(LONGEST_PAUSE)
        await asyncio.to_thread(shutil.rmtree, self.shelf.folder, ignore_errors=True)

    async def _rest(self, seconds: float) -> None:
        self._hurry.clear()
        try:
            async with asyncio.timeout(seconds):
                await self._hurry.wait()
        except TimeoutError:
            return

    async def _hand_over(self) -> bool:
        """Whether all is done."""
        if self.shelf.facts.epoch is None:
            return self.shelf.facts.over
        if not self._begun:
            known = await self._web.begin(self.id)
            self.shelf.begin_after(max((one.number for one in known), default=0) if not self.shelf.files else 0)
            self._begun = True
        if self.shelf.facts.rooms_gone:
            await self._web.forget_rooms(self.id)
            self.shelf.facts.rooms_gone = False
            self.shelf.save()
        over = self.shelf.facts.over
        for key, file in sorted(self.shelf.files.items()):
            if key not in self.shelf.files or (over and not file.take.rows and file.take.complete):
                continue
            sender = self._senders.setdefault(key, Sender(self._web, self.id, file))
            await self._send(sender, key[0])
        if not over or not all(sender.done for sender in self._senders.values()):
            if over:
                self._hurry.set()  # the disk is about to be done
                await asyncio.sleep(0.1)
            return False
        return await self._complete()

    async def _send(self, sender: Sender, slot: str) -> None:
        try:
            await sender.send()
        except Refused as refusal:
            if slot not in ROOMS or refusal.code not in TAKEN_DOWN:
                raise
            log.warning("rooms_taken_down", lesson=self.id, reason=refusal.code)
            self.forget_rooms()

    async def _complete(self) -> bool:
        facts = self.shelf.facts
        seconds = max((file.take.end for file in self.shelf.files.values()), default=0.0)
        await self._web.complete(self.id, round(seconds, 3), list(chapters(facts.spans, facts.changes)))
        log.info("recording_handed_over", lesson=self.id, seconds=round(seconds, 1))
        return True
