"""A program that wants large pages begins again once, as the same process."""

import os
import subprocess
import sys

import pytest

from core.large_pages import ENVIRONMENT, NAME

PROGRAM = (
    "import os, sys; from core import large_pages; large_pages.insist(); print(os.getpid(), os.environ[%r], sys.argv)"
)


@pytest.mark.skipif(sys.platform != "linux", reason="other systems have no glibc to ask")
@pytest.mark.parametrize(("said", "holds"), [({}, ENVIRONMENT[NAME]), ({NAME: "glibc.cpu.x=1"}, "glibc.cpu.x=1")])
def test_it_begins_again_under_the_same_id_and_only_where_nothing_was_said(said: dict[str, str], holds: str) -> None:
    kept = {name: value for name, value in os.environ.items() if name != NAME}
    command = [sys.executable, "-c", PROGRAM % NAME, "an argument"]
    with subprocess.Popen(command, env={**kept, **said}, stdout=subprocess.PIPE, text=True) as process:
        said_once, _ = process.communicate(timeout=30)
    assert said_once.splitlines() == [f"{process.pid} {holds} ['-c', 'an argument']"]
