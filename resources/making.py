"""Makes what is played instead of the source: renditions, sound alone, poster, storyboard, pages, searchable text. A
step that is done already is left out, so a task that died goes on where it was; after each the page shows how far. What
somebody waits for comes first, and turns.py makes it before the rest of all others."""

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

import structlog
from PIL import Image

from core.connections import Connections
from core.settings import LibrarySettings, load
from resources import keeping
from resources.keeping import Held, workplace
from resources.kinds import TRACKS, FileRole
from resources.media import composing, documents, ffmpeg, playlists, probe, refusing, sounding, takes
from resources.media.ffmpeg import CannotMake, Source
from resources.media.ladder import Rung, ladder
from resources.media.refusing import Refused
from resources.media.takes import Take
from resources.models import ResourceFile

log = structlog.get_logger()

POSTER = (640, 640)
TAKES = 10_000
"""A rendition's number is its take times this, plus its height; the first take's is the height alone."""


@dataclass(frozen=True)
class Work:
    ground: Connections
    kept: Held
    folder: Path


Making = Callable[[], Awaitable[None]]


class Step(NamedTuple):
    """`first`: somebody waits for it."""

    run: Making
    first: bool = True


async def make(ground: Connections, kept: Held, only_first: bool = False) -> bool:
    """Whether something is left to be made."""
    with workplace() as folder:
        work = Work(ground, kept, folder)
        await _forget_sent(work)
        steps = list(_steps(work))
        now = [step for step in steps if step.first or not only_first]
        try:
            await _go(work, now, len(steps))
            if len(now) < len(steps):
                return True
            await _finish(work)
        except Refused as refusal:
            await keeping.refuse(ground, kept, refusal)
    return False


async def _forget_sent(work: Work) -> None:
    """What was sent may tell where, when and by whom: where looking kept a source without, from here on there is only
    that."""
    kept = [one for one in work.kept.files if one.role == "source"]
    if work.kept.row.lesson_id is None and kept and kept[0].store_name != work.kept.uploads[0].store_name:
        await work.ground.store.remove(work.kept.uploads[0].store_name)


async def _go(work: Work, steps: list[Step], count: int) -> None:
    """What a playable resource cannot have (a poster of a broken picture) is logged and left out."""
    before = work.kept.row.progress
    for done, step in enumerate(steps, start=1):
        try:
            await step.run()
        except CannotMake as error:
            log.warning("rendition_failed", resource=str(work.kept.row.id), error=str(error)[-300:])
        progress = before + (100 - before) * done // (count + 1)
        await keeping.note(work.ground, work.kept.row.id, progress=progress)


async def _finish(work: Work) -> None:
    kept = await keeping.held(work.ground, work.kept.row.id)
    if kept and kept.row.stage == "probed" and not kept.has("pdf") and not _renditions(kept):
        raise refusing.unreadable("no rendition could be made")
    await keeping.note(work.ground, work.kept.row.id, "playable", progress=100)


def _renditions(kept: Held) -> list[ResourceFile]:
    return [one for one in kept.files if one.role in ("rendition", "audio")]


def _steps(work: Work) -> Iterator[Step]:
    medium = work.kept.row.medium
    if medium in ("video", "audio"):
        yield from _recorded(work)
    elif medium == "document":
        yield Step(lambda: _document(work))
    elif medium == "image":
        yield Step(lambda: _picture(work))


def _recorded(work: Work) -> Iterator[Step]:
    """The lowest rungs and the sound first: they are quickly there, and the thinnest line can play them. A lesson's
    recording plays as it came, so but for its poster nobody waits."""
    awaited = work.kept.row.lesson_id is None or work.kept.row.stage == "probed"
    sources = [one for one in work.kept.files if one.role == "source"]
    sources.sort(key=lambda one: (TRACKS.index(one.track), one.number))
    main = next((one for one in sources if one.height), sources[0])
    if main.height and not work.kept.has("poster"):
        yield Step(lambda: _poster(work, _source(work, main)))
    lowest, others = _lacking(work, sources)
    yield from (Step(run, awaited) for run in lowest)
    sounding = next((one.track for one in sources if _has_audio(one)), None)
    if sounding and not work.kept.has("audio"):
        yield Step(lambda: _audio(work, [one for one in sources if one.track == sounding]), awaited)
    if main.height and not work.kept.has("storyboard"):
        yield Step(lambda: _storyboard(work, [one for one in sources if one.track == main.track]), False)
    yield from (Step(run, False) for run in others)
    teacher, board = ([one for one in sources if one.track == track] for track in ("teacher", "board"))
    both = any(one.height for one in teacher) and any(one.height for one in board)
    if both and not work.kept.has("rendition", "main", composing.HEIGHT):
        yield Step(lambda: _compose(work, teacher, board), False)


def _lacking(work: Work, sources: list[ResourceFile]) -> tuple[list[Making], list[Making]]:
    """How the lowest rung of each source is made, and how the others are."""
    lowest: list[Making] = []
    others: list[Making] = []
    for one in sources:
        rungs = _rungs(one, [other for other in sources if other.track == one.track])
        for rung in reversed(rungs):
            number = _number(one, rung)
            if not work.kept.has("rendition", one.track, number):
                (lowest if rung is rungs[-1] else others).append(_making(work, one, rung, number))
    return lowest, others


async def _takes(work: Work, files: list[ResourceFile]) -> list[Take]:
    """Of one track, in order, on the recording's line of time."""
    sources = [_source(work, one) for one in files]
    if len(files) == 1:
        return [Take(sources[0], 0.0, bool(files[0].height), _has_audio(files[0]))]
    spans = [await asyncio.to_thread(probe.span, source.address) for source in sources]
    seen = [await asyncio.to_thread(probe.has_key_frame, source.address) for source in sources]
    return [
        Take(source, begin, picture, _has_audio(one))
        for one, source, begin, picture in zip(files, sources, takes.placed(spans), seen, strict=True)
    ]


async def _compose(work: Work, teacher: list[ResourceFile], board: list[ResourceFile]) -> None:
    seconds = work.kept.row.seconds or 0.0
    spans = composing.board_spans(work.kept.row.chapters, seconds)
    lines = await _takes(work, teacher), await _takes(work, board)
    made, playlist = await composing.composed(*lines, spans, seconds, work.folder)
    facts = {"width": composing.SIZE[0], "height": composing.HEIGHT, "fragments": playlists.read(playlist)}
    facts |= {"codecs": None, "track": "main", "number": composing.HEIGHT}
    await keeping.put_file(work.ground, work.kept, made, "rendition", "video/mp4", **facts)


def _rungs(one: ResourceFile, takes: list[ResourceFile]) -> list[Rung]:
    """Takes that came in several codecs, or not as rungs, all get the rungs of the lowest: they play one after the
    other, so each rung needs them all."""
    if len(takes) > 1 and not all(_is_rung(take) for take in takes):
        return ladder(min(take.height or 0 for take in takes), "other", "other")
    codecs = one.codecs or ""
    video = "h264" if "avc1" in codecs else "other"
    audio = "aac" if "mp4a.40.2" in codecs else "other" if _has_audio(one) else None
    if _is_rung(one):
        return [rung for rung in ladder(one.height or 0, video, "aac") if not rung.copied]
    return ladder(one.height or 0, video, audio)


def _is_rung(one: ResourceFile) -> bool:
    return bool(one.fragments) and "avc1" in (one.codecs or "")


def _has_audio(one: ResourceFile) -> bool:
    codecs = (one.codecs or "").split(",")
    return any(codec.startswith(("mp4a", "opus")) for codec in codecs) or not one.codecs or not one.height


def _number(one: ResourceFile, rung: Rung) -> int:
    return rung.height + TAKES * max(0, one.number - 1)


def _source(work: Work, one: ResourceFile) -> Source:
    return Source(work.ground.store.address_inside(one.store_name), work.kept.row.seconds or 0.0)


def _making(work: Work, one: ResourceFile, rung: Rung, number: int) -> Making:
    async def step() -> None:
        source = _source(work, one)
        made, playlist = await ffmpeg.rendition(source, rung, _has_audio(one), work.folder)
        width = round((one.width or 0) * rung.height / (one.height or 1) / 2) * 2
        facts = {"width": width, "height": rung.height, "fragments": playlists.read(playlist), "codecs": None}
        facts |= {"track": one.track, "number": number}
        await keeping.put_file(work.ground, work.kept, made, "rendition", "video/mp4", **facts)
        await keeping.note(work.ground, work.kept.row.id, "playable")

    return step


async def _audio(work: Work, files: list[ResourceFile]) -> None:
    line = await _takes(work, files)
    made, loudness = await sounding.audio_only(line, line[0].source.seconds, work.folder)
    await keeping.put_file(work.ground, work.kept, made, "audio", "audio/mp4")
    await keeping.note(work.ground, work.kept.row.id, "playable", loudness=loudness)


async def _poster(work: Work, source: Source) -> None:
    await _put_picture(work, await ffmpeg.poster(source, work.folder), "poster")


async def _storyboard(work: Work, files: list[ResourceFile]) -> None:
    line = await _takes(work, files)
    source = line[0].source
    if len(line) > 1:
        made, step = await takes.storyboard(line, source.seconds, work.folder)
    else:
        made, step = await ffmpeg.storyboard(source, work.folder)
    with Image.open(made) as picture:
        size = (picture.width, picture.height)
    facts = {"width": size[0] // ffmpeg.BOARD_COLUMNS, "height": size[1] // ffmpeg.BOARD_ROWS, "label": f"{step:g}"}
    await keeping.put_file(work.ground, work.kept, made, "storyboard", "image/jpeg", **facts)


async def _put_picture(work: Work, made: Path, role: FileRole, number: int = 0) -> None:
    with Image.open(made) as picture:
        facts = {"width": picture.width, "height": picture.height, "number": number}
    kind = "image/webp" if made.suffix == ".webp" else "image/jpeg"
    await keeping.put_file(work.ground, work.kept, made, role, kind, **facts)


async def _picture(work: Work) -> None:
    path, [source] = work.folder / "source", [one for one in work.kept.files if one.role == "source"]
    await work.ground.store.get_file(source.store_name, path)
    await asyncio.to_thread(_thumbnail, path, work.folder / "poster.jpg")
    await _put_picture(work, work.folder / "poster.jpg", "poster")


def _thumbnail(path: Path, made: Path) -> None:
    try:
        with Image.open(path) as picture:
            picture.thumbnail(POSTER)
            picture.convert("RGB").save(made, quality=82)
    except (OSError, ValueError) as error:
        raise CannotMake(str(error)) from None


async def _document(work: Work) -> None:
    """Pages as pictures, the first of them as the poster, and the words. Raises Refused for what has no pages."""
    pdf = await _pdf(work)
    count = await asyncio.to_thread(documents.pages, pdf)
    text = await asyncio.to_thread(documents.text, pdf)
    await keeping.note(work.ground, work.kept.row.id, pages=count, text=text)
    pages = await asyncio.to_thread(lambda: list(documents.draw(pdf, work.folder)))
    await asyncio.to_thread(_thumbnail, pages[0][1], work.folder / "poster.jpg")
    await _put_picture(work, work.folder / "poster.jpg", "poster")
    for number, made, width, height in pages:
        facts = {"number": number, "width": width, "height": height}
        await keeping.put_file(work.ground, work.kept, made, "page", "image/webp", **facts)
    if work.kept.row.content_type != "application/pdf":
        await keeping.put_file(work.ground, work.kept, pdf, "pdf", "application/pdf")


async def _pdf(work: Work) -> Path:
    name = Path(work.kept.row.filename)
    path = work.folder / f"document{name.suffix.lower()}"
    [source] = [one for one in work.kept.files if one.role == "source"]
    await work.ground.store.get_file(source.store_name, path)
    if name.suffix.lower() == ".pdf":
        return path
    return await documents.to_pdf(load(LibrarySettings).office, path, work.folder)
