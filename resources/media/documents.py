"""Documents as pages: LibreOffice turns slides and texts into PDF, pdfium turns PDF into pictures and words. The one
file that starts LibreOffice and that imports pypdfium2."""

import asyncio
import os
from collections.abc import Iterator
from pathlib import Path

import pypdfium2

from resources.media import refusing

OFFICE_SECONDS = 180.0
PAGE_WIDTH = 1280
MOST_PAGES = 500
TEXT_ENOUGH = 20_000


async def to_pdf(office: str, document: Path, folder: Path) -> Path:
    """With a profile of its own, so that several run beside each other. Raises Refused."""
    profile = f"-env:UserInstallation={(folder / 'profile').resolve().as_uri()}"
    options = [profile, "--headless", "--norestore", "--convert-to", "pdf", "--outdir", str(folder)]
    program = await asyncio.create_subprocess_exec(
        office,
        *options,
        str(document),
        stdout=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.DEVNULL,
        env={"PATH": os.environ.get("PATH", ""), "HOME": str(folder), "LANG": "C.UTF-8"},
        start_new_session=True,
    )
    try:
        async with asyncio.timeout(OFFICE_SECONDS):
            await program.wait()
    except TimeoutError:
        raise refusing.cannot_convert() from None
    finally:
        if program.returncode is None:
            os.killpg(program.pid, 9)  # it starts a second process that would stay
    made = folder / f"{document.stem}.pdf"
    if not made.exists():
        raise refusing.cannot_convert()
    return made


def pages(pdf: Path) -> int:
    """Raises Refused for a PDF that is broken, locked or without a page."""
    try:
        with pypdfium2.PdfDocument(pdf) as document:
            count = len(document)
    except pypdfium2.PdfiumError as error:
        raise refusing.unreadable(str(error)) from None
    if not count:
        raise refusing.unreadable("no page")
    return count


def draw(pdf: Path, folder: Path) -> Iterator[tuple[int, Path, int, int]]:
    """Each page as a WebP picture: number from 1, file, width and height."""
    with pypdfium2.PdfDocument(pdf) as document:
        for place in range(min(len(document), MOST_PAGES)):
            page = document[place]
            picture = page.render(scale=PAGE_WIDTH / page.get_width()).to_pil()
            made = folder / f"page-{place + 1}.webp"
            picture.save(made, quality=80)
            yield place + 1, made, picture.width, picture.height


def text(pdf: Path) -> str:
    """The words of the first pages, as many as a search looks through."""
    found: list[str] = []
    with pypdfium2.PdfDocument(pdf) as document:
        for place in range(min(len(document), MOST_PAGES)):
            found.append(document[place].get_textpage().get_text_bounded())
            if sum(map(len, found)) > TEXT_ENOUGH:
                break
    return "\n".join(found)
