"""A font with Chinese glyphs: the machine's own, else the one from a wheel."""

from __future__ import annotations

import importlib.util
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Font:
    """A font file, in a collection the face in it, and whether its weight can be chosen."""

    path: Path
    index: int = 0
    variable: bool = False


SANS, SERIF = "Noto Sans CJK SC:lang=zh-cn", "Noto Serif CJK SC:bold:lang=zh-cn"
KNOWN = (
    "/usr/share/fonts/truetype/wqy/wqy-microhei.ttc",
    "/System/Library/Fonts/PingFang.ttc",
    "C:/Windows/Fonts/msyh.ttc",
)


def chinese(wanted: str = SANS) -> Font | None:
    """The best font for `wanted` (a fontconfig pattern) that has Chinese glyphs; None when this machine has none at
    all.
    """
    return _fontconfig(wanted) or next((Font(Path(path)) for path in KNOWN if Path(path).exists()), None) or _wheel()


def _fontconfig(wanted: str) -> Font | None:
    program = shutil.which("fc-match")
    if program is None:
        return None
    command = [program, "-f", "%{file}\\n%{index}\\n%{lang}\\n", wanted]
    answer = subprocess.run(command, capture_output=True, text=True, timeout=20, check=False).stdout.splitlines()
    # fc-match always names some font: take it only if it covers simplified Chinese
    if len(answer) < 3 or "zh-cn" not in answer[2].split("|") or not Path(answer[0]).exists():
        return None
    return Font(Path(answer[0]), int(answer[1] or 0) & 0xFFFF)


def _wheel() -> Font | None:
    found = importlib.util.find_spec("manimgx_fonts_cjk")
    path = Path(found.origin).parent / "NotoSansCJK-VF.otf.ttc" if found and found.origin else None
    # the faces of Noto's collections: JP, KR, SC, TC, HK
    return Font(path, index=2, variable=True) if path and path.exists() else None
