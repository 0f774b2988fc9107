"""Moves takes into the library while the lesson runs. A part goes up as soon as it is full and on the disk; the first
one, which holds the index, and the last one, when the take is complete. Whatever fails is tried again."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass

from classroom.recorder import mp4
from classroom.recorder.take import Take, TakeFile, container, segments_of
from classroom.recorder.web import Away, Grown, StoreForgot, Web

PART = 5 * 1024 * 1024
"""Bytes; the least that the store takes for any but the last."""


@dataclass(frozen=True)
class Piece:
    """A part of an upload: `number` from 1, and its place in the take's file."""

    number: int
    offset: int
    size: int


def due(size: int, complete: bool, received: dict[int, int]) -> list[Piece]:
    """What can go up now of a file of so many bytes. The first part waits for the end, when it gets its index."""
    whole = size // PART
    pieces = [Piece(number, (number - 1) * PART, PART) for number in range(1, whole + 1)]
    if complete and (rest := size - whole * PART):
        pieces.append(Piece(whole + 1, whole * PART, rest))
    if not complete:
        pieces = pieces[1:]
    return [one for one in pieces if received.get(one.number) != one.size or one.number == 1]


def fragments(take: Take) -> list[list[int]]:
    """As the library's playlists want them: of each segment of an MP4 its offset, bytes, begin and length in ms. One
    that does not begin with a key frame belongs to the one before."""
    if container(take.tracks) is not mp4:
        return []
    found: list[list[int]] = []
    offset, at = take.room, take.begin
    for lasts, size, key in segments_of(take.rows):
        ms = round((at + lasts) * 1000) - round(at * 1000)
        if key or not found:
            found.append([offset, size, round(at * 1000), ms])
        else:
            found[-1][1] += size
            found[-1][3] += ms
        offset, at = offset + size, at + lasts
    return found


class Sender:
    """Of one take. `send` does what is due; call it again and again."""

    def __init__(self, web: Web, lesson: str, file: TakeFile) -> None:
        self.file = file
        self.done = False
        self._web = web
        self._lesson = lesson
        self._upload: Grown | None = None

    async def send(self) -> None:
        """Raises Away or Refused."""
        take = self.file.take
        size, complete = take.size, take.complete
        if self.done or (not complete and size < 2 * PART):
            return
        if self._upload is None:
            content_type = take.content_type.partition(";")[0]
            self._upload = await self._web.track(self._lesson, take.slot, take.number, content_type)
        try:
            await self._bring(self._upload, size, complete)
        except StoreForgot as reason:
            self._upload = None  # what it still has is asked for anew
            raise Away(str(reason)) from None

    async def _bring(self, upload: Grown, size: int, complete: bool) -> None:
        if not upload.completed:
            for piece in due(size, complete, upload.received):
                data = await asyncio.to_thread(self._read, piece)
                await self._web.send_part(upload.id, piece.number, data)
                upload.received[piece.number] = piece.size
        if complete:
            await self._web.end_track(upload.id, -(-size // PART), fragments(self.file.take))
            self.done = True

    def _read(self, piece: Piece) -> bytes:
        with self.file.path.open("rb") as file:
            file.seek(piece.offset)
            return file.read(piece.size)
