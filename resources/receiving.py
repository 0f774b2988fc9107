"""What the store has received of an upload, and the arithmetic of parts."""

import math
from collections.abc import Sequence

from core.errors import Conflict
from core.store import Received, Store
from resources.models import Upload

MIB = 1024**2
LEAST_PART = 5 * MIB
"""S3's least size of every part but the last."""
USUAL_PART = 8 * MIB
MOST_PARTS = 10_000
"""S3's most parts of one object."""


def part_size(size: int) -> int:
    """8 MiB, or as many whole MiB as keep a file below the most parts."""
    return max(USUAL_PART, math.ceil(size / MOST_PARTS / MIB) * MIB)


def parts_of(size: int, each: int) -> int:
    """A file without a byte is one empty part."""
    return max(1, math.ceil(size / each))


async def received(store: Store, upload: Upload) -> list[Received]:
    """Nothing for one that is complete."""
    return [] if upload.completed_at else await store.parts(upload.store_name, upload.sending)


def must_be_whole(parts: Sequence[Received], size: int | None, each: int, count: int | None) -> None:
    """`count` is how many a recording says there are. Raises Conflict that names the missing parts."""
    wanted = parts_of(size, each) if size is not None else count or len(parts)
    there = {one.number: one.size for one in parts}
    numbers = range(1, wanted + 1)
    missing = [one for one in numbers if one not in there or _differs(there[one], one, wanted, size, each)]
    if not missing:
        return
    zh = f"还有 {len(missing)} 段没有传到，请接着传。"
    en = f"{len(missing)} parts have not arrived; send them and complete again."
    raise Conflict("parts-missing", zh=zh, en=en, missing=missing[:1000])


def _differs(there: int, number: int, wanted: int, size: int | None, each: int) -> bool:
    """From what was announced; of a growing recording only the last part may be small."""
    if size is None:
        return number < wanted and there < LEAST_PART
    return there != (size - each * (wanted - 1) if number == wanted else each)
