"""What a backup stands on: the services of the environment, of the house that runs on the folder, or, when none runs,
the folder's own, started for as long as it takes."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from subprocess import Popen, TimeoutExpired

from core import secret
from core.embedded import postgres, services
from core.embedded.program import Program
from core.settings import DatabaseSettings, load

NEEDED = ("postgres", "s3")
STOP_SECONDS = 20


@contextmanager
def standing(data: Path) -> Iterator[None]:
    """Inside, the SONGJIAO_ variables of database, store and secret are set in this process."""
    with ExitStack() as held:
        os.environ.update(secret.environment(data))
        if not load(DatabaseSettings).database_url:
            os.environ.update(services.noted_addresses(data) if _runs(data, held) else _started(data, held))
        yield


def _runs(data: Path, held: ExitStack) -> bool:
    """Whether a house holds the folder's lock; when none does, we hold it until the end."""
    data.mkdir(parents=True, exist_ok=True)
    lock = held.enter_context((data / "lock").open("a"))
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return True
    return False


def _started(data: Path, held: ExitStack) -> dict[str, str]:
    planned = services.plan(data.resolve())
    services.prepare(planned)
    logs = data / "logs"
    logs.mkdir(exist_ok=True)
    for program in planned.programs:
        if program.name in NEEDED:
            process = program.start(logs / f"{program.name}.log")
            held.callback(_stop, program, process)
            program.wait(process, logs / f"{program.name}.log")
    if planned.database_is_embedded:
        postgres.make_database(data.resolve() / "postgres")
    return planned.environment


def _stop(program: Program, process: "Popen[bytes]") -> None:
    process.send_signal(program.stop)
    try:
        process.wait(STOP_SECONDS)
    except TimeoutExpired:
        process.kill()
        process.wait()
    program.ended()
