"""What is heard: Chinese speech by espeak-ng where the machine has it, else a few soft tones a slide."""

from __future__ import annotations

import shutil
import subprocess
import wave
from dataclasses import dataclass
from pathlib import Path

PAUSE_SECONDS = 2
SHORTEST_SECONDS = 12
TONES = (262, 294, 330, 392, 440)


@dataclass(frozen=True)
class Sound:
    """An ffmpeg input and how many whole seconds its slide stays."""

    arguments: tuple[str, ...]
    seconds: int


def sounds(texts: list[str], folder: Path) -> list[Sound]:
    program = shutil.which("espeak-ng")
    if program is None:
        return [tone(number) for number in range(len(texts))]
    return [_spoken(program, text, folder / f"speech-{number}.wav") for number, text in enumerate(texts)]


def tone(number: int) -> Sound:
    hertz = TONES[number % len(TONES)]
    wave_of_slide = f"aevalsrc='0.15*sin(2*PI*{hertz}*t)*exp(-3*mod(t,2))':s=48000:d={SHORTEST_SECONDS}"
    return Sound(("-f", "lavfi", "-i", wave_of_slide), SHORTEST_SECONDS)


def _spoken(program: str, text: str, path: Path) -> Sound:
    subprocess.run([program, "-v", "cmn", "-s", "190", "-w", str(path), text], check=True, timeout=60)
    with wave.open(str(path)) as file:
        seconds = file.getnframes() / file.getframerate()
    return Sound(("-i", str(path)), max(SHORTEST_SECONDS, int(seconds) + PAUSE_SECONDS))
