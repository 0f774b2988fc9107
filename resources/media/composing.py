"""One picture of a lesson's two: the board while it is shown, the teacher small in its corner; else the teacher. It is
made piece by piece, each of one take of either, and the pieces are joined as they are."""

import math
from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any, NamedTuple

from resources.media import ffmpeg, sounding
from resources.media.ffmpeg import ENCODER, SEGMENT_SECONDS
from resources.media.takes import FIT, FROM_KEY, HOLD, STEADY, Take

SIZE = (1280, 720)
SMALL = (320, 180)
HEIGHT = SIZE[1]
RATE = 25
BOARD, TALK = "课件", "讲解"
"""How the recorder names the chapters at which the board comes and goes."""
Spans = Sequence[tuple[float, float]]


class Piece(NamedTuple):
    """Of the picture, in which nothing comes or goes. `begin` and `end` count pictures."""

    begin: int
    end: int
    teacher: Take | None
    board: Take | None


def board_spans(chapters: Sequence[dict[str, Any]], seconds: float) -> list[tuple[float, float]]:
    """From when to when the board is shown."""
    spans: list[tuple[float, float]] = []
    begin: float | None = None
    for one in [*chapters, {"at": seconds, "title": TALK}]:
        if one["title"].startswith(BOARD) and begin is None:
            begin = one["at"]
        elif one["title"] == TALK and begin is not None:
            spans.append((begin, one["at"]))
            begin = None
    return spans


def pieces(teacher: Sequence[Take], board: Sequence[Take], spans: Spans, seconds: float) -> list[Piece]:
    """They follow each other without a hole from the begin to the end."""
    moments = [0.0, seconds, *(take.begin for take in (*teacher, *board)), *(at for span in spans for at in span)]
    marks = sorted({round(min(max(at, 0.0), seconds) * RATE) for at in moments})
    shown = [(round(begin * RATE), round(end * RATE)) for begin, end in spans]
    return [
        Piece(
            begin,
            end,
            _seen(teacher, begin),
            _seen(board, begin) if any(since <= begin < until for since, until in shown) else None,
        )
        for begin, end in pairwise(marks)
    ]


def _seen(takes: Sequence[Take], at: int) -> Take | None:
    begun = [take for take in takes if round(take.begin * RATE) <= at]
    return begun[-1] if begun and begun[-1].picture else None


async def composed(
    teacher: Sequence[Take], board: Sequence[Take], spans: Spans, seconds: float, folder: Path
) -> tuple[Path, str]:
    """As ffmpeg.rendition: one fragmented MP4 and the playlist of its byte ranges. Raises CannotMake."""
    sounds = any(take.sound for take in teacher)
    sound = (await sounding.audio_only(teacher, seconds, folder))[0] if sounds else None
    pictures = [await _picture(piece, folder) for piece in pieces(teacher, board, spans, seconds)]
    made = folder / "composed.mp4"
    playlist = await ffmpeg.join(pictures, sound, seconds, made)
    for path in (*pictures, *([sound] if sound else [])):
        path.unlink()
    return made, playlist


async def _picture(piece: Piece, folder: Path) -> Path:
    """One piece; its key frames are at the begin and where the whole recording has them."""
    made, begin, count = folder / f"piece-{piece.begin:09}.mkv", piece.begin / RATE, piece.end - piece.begin
    sources = [
        ffmpeg.read(take.source, *STEADY, *FROM_KEY, start=max(0.0, begin - take.begin))
        for take in (piece.teacher, piece.board)
        if take
    ]
    keys = f"expr:gte(t,(n_forced+{math.ceil(begin / SEGMENT_SECONDS)})*{SEGMENT_SECONDS}-{begin:.2f})"
    shown = ["-filter_complex", ";".join(graph(piece)), "-map", "[out]", "-frames:v", str(count)]
    await ffmpeg.execute([*sources, shown, [*ENCODER, "-force_key_frames", keys, str(made)]], count / RATE)
    return made


def graph(piece: Piece) -> list[str]:
    """The filters: on black, so that there is a picture always, whatever of the takes can be seen."""
    fit = f"fps={RATE}:start_time=0,{FIT.format(*SIZE)},{HOLD}"
    filters = [f"color=black:s={SIZE[0]}x{SIZE[1]}:r={RATE}[ground]"]
    takes = [take for take in (piece.teacher, piece.board) if take]
    filters += [f"[{number}:v:0]{fit}[seen{number}]" for number in range(len(takes))]
    if len(takes) < 2:
        return [*filters, "[ground][seen0]overlay=eof_action=pass[out]" if takes else "[ground]null[out]"]
    return [
        *filters,
        "[seen0]split[large][small]",
        f"[small]scale={SMALL[0]}:{SMALL[1]}[corner]",
        "[ground][large]overlay=eof_action=pass[talk]",
        "[talk][seen1]overlay=eof_action=pass[both]",
        "[both][corner]overlay=W-w-24:24:eof_action=pass[out]",
    ]
