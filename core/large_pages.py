"""Large pages for a process whose heap is full of small contexts that it touches by turns, as a relay's viewers': with
pages of 4 KiB the processor looks for addresses longer than it needs for a tenth of the work on a packet.

glibc reads its tunables (glibc manual, "Memory Allocation Tunables") when a program starts and at no other time.
"""

import os
import sys

NAME = "GLIBC_TUNABLES"
ENVIRONMENT = {NAME: "glibc.malloc.hugetlb=1"}


def insist() -> None:
    """Begins this program again, in the same process, unless its environment says something already. Call it first."""
    if sys.platform == "linux" and NAME not in os.environ:
        os.environ.update(ENVIRONMENT)
        os.execv(sys.executable, [sys.executable, *sys.orig_argv[1:]])  # noqa: S606
