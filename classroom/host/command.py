"""`songjiao host`: what goes wrong is one sentence."""

from collections.abc import Callable, Mapping
from pathlib import Path

import httpx

from classroom.host.account import NotNow, NotPaired
from classroom.host.process import pair_host, run
from classroom.ingest.plan import CannotSend, opened
from core import logs
from core.errors import StartError
from core.settings import LogSettings, load


def pair_here(web: str, data: Path, authority: Path | None, say: Callable[[str], None]) -> None:
    """Raises StartError."""

    def show(code: str) -> None:
        say(f"配对码 Pairing code: {code}")
        say("请在“教室”里这间教室旁点“配对”，填这 6 位数字。 / Type it in at the room, under Rooms.")

    try:
        pair_host(web, data, authority, show)
    except (NotNow, httpx.HTTPError) as error:
        raise StartError(str(error) or type(error).__name__) from None
    say("配好了。 / Paired.")


def run_here(web: str, data: Path, sources: Mapping[str, str], authority: Path | None) -> None:
    """Raises StartError."""
    logs.start(load(LogSettings), process="host")
    try:
        for source in sources.values():
            opened(source)
        run(web, data, sources, authority)
    except (NotPaired, CannotSend) as error:
        raise StartError(str(error)) from None
