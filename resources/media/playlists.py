"""HLS (RFC 8216) over single objects: every rendition is one fragmented MP4, and a playlist names its byte ranges. So a
playlist needs one signed address, made when it is asked for. Pure."""

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass

Fragments = Sequence[Sequence[int]]
"""[offset, bytes, begins ms, lasts ms]; the first offset is the length of the header."""
RANGE = re.compile(r"#EXT-X-BYTERANGE:(\d+)@(\d+)")
HEADER = re.compile(r'#EXT-X-MAP:.*BYTERANGE="(\d+)@0"')
LASTS = re.compile(r"#EXTINF:([\d.]+)")


@dataclass(frozen=True)
class Variant:
    """One line of a master playlist. `address` is of its media playlist."""

    address: str
    bits_per_second: int
    width: int | None
    height: int | None
    codecs: str | None


def read(playlist: str) -> list[list[int]]:
    """The fragments that ffmpeg's single-file playlist names."""
    begins, found = 0, []
    header = HEADER.search(playlist)
    first = int(header[1]) if header else 0
    for lasts, spot in zip(LASTS.findall(playlist), RANGE.findall(playlist), strict=True):
        ms = round(float(lasts) * 1000)
        found.append([int(spot[1]), int(spot[0]), begins, ms])
        begins += ms
    if found and found[0][0] != first:
        raise ValueError("the header does not end where the first fragment begins")
    return found


def media(takes: Sequence[tuple[str, Fragments]]) -> str:
    """One rendition: the addresses of its objects, one for each take, and their fragments."""
    longest = max((one[3] for _, fragments in takes for one in fragments), default=1000)
    lines = ["#EXTM3U", "#EXT-X-VERSION:7", f"#EXT-X-TARGETDURATION:{max(1, math.ceil(longest / 1000))}"]
    lines += ["#EXT-X-MEDIA-SEQUENCE:0", "#EXT-X-PLAYLIST-TYPE:VOD", "#EXT-X-INDEPENDENT-SEGMENTS"]
    for place, (address, fragments) in enumerate(takes):
        if place:
            lines.append("#EXT-X-DISCONTINUITY")
        lines.append(f'#EXT-X-MAP:URI="{address}",BYTERANGE="{fragments[0][0]}@0"')
        for offset, size, _, lasts in fragments:
            lines += [f"#EXTINF:{lasts / 1000:.3f},", f"#EXT-X-BYTERANGE:{size}@{offset}", address]
    return "\n".join([*lines, "#EXT-X-ENDLIST", ""])


def master(variants: Sequence[Variant]) -> str:
    lines = ["#EXTM3U", "#EXT-X-VERSION:7", "#EXT-X-INDEPENDENT-SEGMENTS"]
    for one in variants:
        told = [f"BANDWIDTH={max(1, one.bits_per_second)}"]
        told += [f"RESOLUTION={one.width}x{one.height}"] if one.width and one.height else []
        told += [f'CODECS="{one.codecs}"'] if one.codecs else []
        lines += [f"#EXT-X-STREAM-INF:{','.join(told)}", one.address]
    return "\n".join([*lines, ""])


def bits_per_second(fragments: Fragments) -> int:
    """The peak that BANDWIDTH means: the densest fragment."""
    return max((round(one[1] * 8000 / max(1, one[3])) for one in fragments), default=0)
