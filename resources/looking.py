"""The first look at what arrived: is it whole, is it clean, is it what its name says, does it play as it is? After it a
resource is playable, or probed and waits for its first rendition, or refused with a reason. Runs again without harm."""

import asyncio
import hashlib
import io
import math
from pathlib import Path, PurePosixPath
from typing import Any
from uuid import UUID

from PIL import Image
from sqlalchemy.ext.asyncio import AsyncSession

from core import jobs
from core.connections import Connections
from core.jobs import task
from core.pictures import BrokenPicture, without_traces
from core.settings import LibrarySettings, load
from core.store import Store
from resources import keeping, turns
from resources.keeping import Held, workplace
from resources.media import clamd, documents, ffmpeg, office_traces, pdf_traces, probe, refusing, traces, types
from resources.media.refusing import Refused
from resources.models import PLAYS, Upload
from resources.stages import Stage

CONTAINERS = {"mov,mp4,m4a,3gp,3g2,mj2": "mp4", "matroska,webm": "webm", "mp3": "mpeg", "ogg": "ogg", "wav": "wav"}


@task
async def look_at(session: AsyncSession, ground: Connections, resource: str) -> None:
    async with keeping.alone(ground, UUID(resource)) as mine:
        kept = await keeping.held(ground, UUID(resource)) if mine else None
        if kept is not None and kept.row.stage == "sent":
            await look(ground, kept)
    if kept is not None:
        jobs.after_commit(session, turns.make_first, resource)  # now: while this job has it, another leaves it alone


async def look(ground: Connections, kept: Held) -> None:
    try:
        if kept.row.lesson_id is None:
            await _trust(ground, kept)
            await _see(ground, kept)
        else:
            await _recording(ground, kept)
    except Refused as refusal:
        await keeping.refuse(ground, kept, refusal)


async def _trust(ground: Connections, kept: Held) -> None:
    """Raises Refused unless the bytes are those that were sent, and no virus."""
    upload = kept.uploads[0]
    if not upload.size:
        raise refusing.empty()
    digest = await asyncio.to_thread(_digest, ground.store, upload)
    scanner = load(LibrarySettings).clamd
    if scanner and (found := await clamd.scan(scanner, ground.store.chunks(upload.store_name))):
        raise refusing.virus(found)
    await keeping.note(ground, kept.row.id, sha256=digest, scanned=scanner is not None)


def _digest(store: Store, upload: Upload) -> bytes:
    """SHA-256 of the whole, read once; each part's is checked on the way. Raises Refused."""
    whole, part, filled, number = hashlib.sha256(), hashlib.sha256(), 0, 1
    for chunk in store.chunks(upload.store_name):
        whole.update(chunk)
        rest = memoryview(chunk)
        while rest:
            taken = rest[: upload.part_size - filled]
            part.update(taken)
            filled, rest = filled + len(taken), rest[len(taken) :]
            if filled == upload.part_size:
                _must_fit(upload, number, part.hexdigest())
                part, filled, number = hashlib.sha256(), 0, number + 1
    if filled:
        _must_fit(upload, number, part.hexdigest())
    if upload.sha256 and upload.sha256 != whole.digest():
        raise refusing.wrong_checksum()
    return whole.digest()


def _must_fit(upload: Upload, number: int, found: str) -> None:
    if upload.marks.get(str(number), found) != found:
        raise refusing.wrong_checksum()


async def _see(ground: Connections, kept: Held) -> None:
    upload, filename = kept.uploads[0], kept.row.filename
    head = await ground.store.get(upload.store_name, 0, types.HEAD)
    family = types.family(head)
    types.agree(filename, family)
    if family == "archive":
        family = await _archive(ground, kept)
    elif types.packed(head) and (upload.size or 0) > clamd.WINDOW and load(LibrarySettings).clamd:
        raise refusing.cannot_be_scanned(clamd.WINDOW)
    if family == "av":
        return await _recording(ground, kept)
    if family == "image":
        await _picture(ground, kept)
        return await _onward(ground, kept, True, medium=keeping.medium_of(family))
    if family == "pdf":
        pages = await _bare_pdf(ground, kept)
        return await _onward(ground, kept, True, medium=keeping.medium_of(family), pages=pages)
    if family == "office" and await _bare_office(ground, kept):
        return await _onward(ground, kept, False, medium=keeping.medium_of(family))
    source = {"store_name": upload.store_name, "bytes": upload.size, "content_type": kept.row.content_type}
    await keeping.note_file(ground, kept.row.id, role="source", **source)
    await _onward(ground, kept, family != "office", medium=keeping.medium_of(family))


async def _archive(ground: Connections, kept: Held) -> types.Family:
    """What a zip archive is. One that clamd could not unpack, since it never saw the whole, is unpacked for it. Raises
    Refused."""
    upload, scanner = kept.uploads[0], load(LibrarySettings).clamd
    with workplace() as folder:
        path = folder / "archive"
        await ground.store.get_file(upload.store_name, path)
        family = await asyncio.to_thread(types.look_inside, path, kept.row.filename)
        if scanner and (upload.size or 0) > clamd.WINDOW:
            for member in types.members(path):
                if found := await clamd.scan(scanner, member):
                    raise refusing.virus(found)
    return family


async def _bare_pdf(ground: Connections, kept: Held) -> int:
    """How many pages the PDF has, which must open; kept without who made it. Raises Refused."""
    with workplace() as folder:
        sent, bare = folder / "sent", folder / "bare.pdf"
        await ground.store.get_file(kept.uploads[0].store_name, sent)
        pages = await asyncio.to_thread(documents.pages, sent)
        await asyncio.to_thread(pdf_traces.pdf, sent, bare)
        await keeping.put_file(ground, kept, bare, "source", kept.row.content_type)
        return pages


async def _picture(ground: Connections, kept: Held) -> None:
    """Kept without what the camera wrote; the bytes that were sent go with the next step (making). Raises Refused."""
    with workplace() as folder:
        bare = folder / f"bare{PurePosixPath(kept.row.filename).suffix.lower()}"
        sent = await ground.store.get(kept.uploads[0].store_name)
        width, height = await asyncio.to_thread(_bare, sent, bare)
        size = {"width": width, "height": height}
        await keeping.put_file(ground, kept, bare, "source", kept.row.content_type, **size)


def _bare(sent: bytes, path: Path) -> tuple[int, int]:
    try:
        with Image.open(io.BytesIO(sent)) as picture:
            size = picture.size
        path.write_bytes(without_traces(sent))
    except Image.DecompressionBombError:
        raise refusing.bomb() from None
    except (BrokenPicture, OSError, SyntaxError, ValueError) as error:
        raise refusing.unreadable(type(error).__name__) from None
    return size


async def _bare_office(ground: Connections, kept: Held) -> bool:
    """Whether it is of a known form, and so kept without who made it. Raises Refused."""
    with workplace() as folder:
        sent, bare = folder / "sent", folder / f"bare{PurePosixPath(kept.row.filename).suffix.lower()}"
        await ground.store.get_file(kept.uploads[0].store_name, sent)
        if not await asyncio.to_thread(office_traces.office, sent, bare):
            return False
        await keeping.put_file(ground, kept, bare, "source", kept.row.content_type)
        return True


async def _bare_film(ground: Connections, kept: Held, upload: Upload, seen: probe.Probed) -> bool:
    """Whether it told of place, time or device and is kept without. Raises Refused."""
    address = ground.store.address_inside(upload.store_name)
    if not await asyncio.to_thread(traces.tells, address, kept.row.filename):
        return False
    with workplace() as folder:
        try:
            bare = await traces.film(ffmpeg.Source(address, seen.seconds), kept.row.filename, folder)
        except ffmpeg.CannotMake as error:
            raise refusing.unreadable(str(error)[-80:]) from None
        facts = _source(upload, seen)
        told = {name: facts[name] for name in ("width", "height", "codecs", "label")}
        await keeping.put_file(ground, kept, bare, "source", str(facts["content_type"]), **told)
    return True


async def _recording(ground: Connections, kept: Held) -> None:
    """Every track and take is opened; the longest track is the recording's length."""
    found = []
    for upload in kept.uploads:
        trusted = kept.row.lesson_id is not None
        if not upload.size and trusted:
            continue
        address = ground.store.address_inside(upload.store_name)
        found.append((upload, await asyncio.to_thread(probe.probe, address, trusted)))
    if not found:
        raise refusing.empty()
    for upload, seen in found:
        if kept.row.lesson_id is not None or not await _bare_film(ground, kept, upload, seen):
            await keeping.note_file(ground, kept.row.id, **_source(upload, seen))
    seconds = kept.row.seconds or max(seen.seconds for _, seen in found)
    medium = keeping.medium_of("av", any(seen.video for _, seen in found))
    facts = {"seconds": seconds if math.isfinite(seconds) else 0.0, "medium": medium}
    await _onward(ground, kept, all(seen.plays for _, seen in found), **facts)


def _source(upload: Upload, seen: probe.Probed) -> dict[str, Any]:
    kind = f"{'video' if seen.video else 'audio'}/{CONTAINERS.get(seen.format, 'octet-stream')}"
    size = {"width": seen.width or None, "height": seen.height or None, "codecs": seen.codecs}
    place = {"track": upload.track, "number": upload.take if upload.track != "main" else 0}
    what = {"role": "source", "store_name": upload.store_name, "bytes": upload.size, "content_type": kind}
    return what | place | size | {"fragments": upload.fragments, "label": PLAYS if seen.plays else ""}


async def _onward(ground: Connections, kept: Held, direct: bool, **facts: Any) -> None:
    stage: Stage = "playable" if direct else "probed"
    await keeping.note(ground, kept.row.id, stage, **facts)
