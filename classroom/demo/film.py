"""Makes the demo lesson's film once: slides, the moving moon, speech, and a tick with a flash at each full second."""

from __future__ import annotations

import logging
import tempfile
from collections.abc import Sequence
from pathlib import Path

from classroom.demo import moon, slides, speech, strip
from classroom.ingest import ffmpeg

logger = logging.getLogger(__name__)

# raise it whenever the film would look or sound different, so that old data folders make it anew
VERSION = 1
TICK = f"aevalsrc='0.06*sin(2*PI*{strip.TICK_HZ}*t)*lt(mod(t,1),0.04)':s=48000"
MOON_AT = (820, 130)


def film(data: Path, pages: Sequence[slides.Slide] = slides.SLIDES) -> Path:
    """The film in `data`, made now if it is not there: H264 without B-frames, 1280×720 at 25 fps, and FLAC.

    Takes about 10 s the first time. Raises subprocess.CalledProcessError when ffmpeg fails.
    """
    path = data / f"demo-lesson-{VERSION}-{len(pages)}.mkv"
    if path.exists():
        return path
    if not slides.can_write():
        logger.warning("no Chinese font on this machine: the demo lesson has pictures but no words")
    data.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        _make(pages, Path(folder), path)
    return path


def _make(pages: Sequence[slides.Slide], folder: Path, path: Path) -> None:
    pictures = slides.draw(pages, folder)
    sounds = speech.sounds([page.said for page in pages], folder)
    moving = _moving(folder)
    unfinished = path.with_suffix(".part.mkv")
    ffmpeg.make([*_inputs(pictures, sounds, moving), *_outputs(sounds), str(unfinished)])
    unfinished.rename(path)


def _moving(folder: Path) -> Path:
    """The moon's round as raw pictures."""
    path = folder / "moon.rgb"
    with path.open("wb") as file:
        file.writelines(moon.frames())
    return path


def _inputs(pictures: list[Path], sounds: list[speech.Sound], moving: Path) -> list[str]:
    pages = [argument for picture in pictures for argument in ("-i", str(picture))]
    said = [argument for sound in sounds for argument in sound.arguments]
    size = f"{moon.SIZE[0]}x{moon.SIZE[1]}"
    around = ["-f", "rawvideo", "-pix_fmt", "rgb24", "-s", size, "-r", "25", "-i", str(moving)]
    return [*pages, *said, *around]


def _outputs(sounds: list[speech.Sound]) -> list[str]:
    seconds = str(sum(sound.seconds for sound in sounds))
    video = ["-c:v", "libx264", "-preset", "ultrafast", "-crf", "20", "-bf", "0", "-g", "50", "-pix_fmt", "yuv420p"]
    audio = ["-c:a", "flac", "-sample_fmt", "s16", "-ar", "48000", "-ac", "2"]
    maps = ["-filter_complex", graph(sounds), "-map", "[v]", "-map", "[a]"]
    return [*maps, *video, *audio, "-t", seconds, "-f", "matroska"]


def graph(sounds: list[speech.Sound]) -> str:
    """ffmpeg's filter graph: inputs are the slides, then their sounds, then the moon."""
    count = len(sounds)
    chains = [
        *(f"[{number}:v]{still(sound.seconds)}[p{number}]" for number, sound in enumerate(sounds)),
        f"{labels('p', count)}concat=n={count}:v=1:a=0[pages]",
        f"[{2 * count}:v]format=yuv420p,loop=loop=-1:size={moon.FRAMES}[moon]",
        f"[pages][moon]overlay={MOON_AT[0]}:{MOON_AT[1]}:shortest=1,{','.join(strip.film_filters())}[v]",
        *(f"[{count + number}:a]{lasting(sound.seconds)}[s{number}]" for number, sound in enumerate(sounds)),
        f"{labels('s', count)}concat=n={count}:v=0:a=1[words]",
        f"{TICK}[tick]",
        "[words][tick]amix=inputs=2:duration=first:normalize=0[a]",
    ]
    return ";".join(chains)


def still(seconds: int) -> str:
    """One picture, decoded once, shown for so long."""
    return f"format=yuv420p,loop=loop=-1:size=1,settb=1/25,setpts=N,fps=25,trim=duration={seconds}"


def lasting(seconds: int) -> str:
    return f"aresample=48000,aformat=channel_layouts=mono,apad,atrim=0:{seconds}"


def labels(letter: str, count: int) -> str:
    return "".join(f"[{letter}{number}]" for number in range(count))
