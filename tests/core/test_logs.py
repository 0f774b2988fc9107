"""Logging never stands in the way of what it tells about."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from core import log_lines
from core.log_lines import LogLines

FULL = Path("/dev/full")
"""The kernel refuses every byte, as a full disk does."""

PROGRAM = """
import os, structlog, sys
from core import logs
from core.settings import LogSettings
logs.start(LogSettings(), process="test")
log = structlog.get_logger()
"""


@pytest.fixture
def pipe() -> Iterator[tuple[int, int]]:
    """To read from, to write to."""
    reading, writing = os.pipe()
    yield reading, writing
    os.close(writing)
    os.close(reading)


def read(pipe: int, lines: int) -> list[str]:
    text = ""
    while text.count("\n") < lines:
        text += os.read(pipe, 65536).decode()
    return text.splitlines()


def taken(pipe: int) -> str:
    """What is there; lines are ASCII."""
    try:
        return os.read(pipe, 1 << 20).decode()
    except BlockingIOError:
        return ""


def test_a_full_disk_stops_nobody_who_logs() -> None:
    with FULL.open("wb", buffering=0) as file:
        lines = LogLines(file.fileno())
        for _ in range(3):
            lines.write("a line that nobody will read\n")
        assert lines.drain(5)


def test_who_reads_nothing_holds_up_nobody_and_is_told_what_was_lost(
    pipe: tuple[int, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The notice goes the way of all lines, as in the product."""
    monkeypatch.setattr(log_lines, "MOST", 100)
    reading, writing = pipe
    lines = LogLines(writing, lambda count: tell(count))

    def tell(count: int) -> None:
        lines.write(f"lost {count}\n")

    line, begun = "x" * 999 + "\n", time.monotonic()
    for _ in range(500):
        lines.write(line)
        time.sleep(0.001)
    assert time.monotonic() - begun < 5, "seconds; the pipe takes 65 lines"
    assert not lines.drain(0.01)
    os.set_blocking(reading, False)
    text = ""
    while not lines.drain(0.01):
        text += taken(reading)
    came = (text + taken(reading)).splitlines()
    told = [int(one.removeprefix("lost ")) for one in came if one.startswith("lost")]
    assert len(told) == 1
    assert told[0] + len(came) - 1 == 500
    assert told[0] > 200


def test_the_lines_are_whole_and_in_order(pipe: tuple[int, int]) -> None:
    lines = LogLines(pipe[1])
    for number in range(50):
        lines.write(f"第 {number} 行\n")
    assert lines.drain(5)
    assert read(pipe[0], 50) == [f"第 {number} 行" for number in range(50)]


def run(program: str, code: int = 0) -> list[dict[str, str]]:
    done = subprocess.run([sys.executable, "-c", PROGRAM + program], capture_output=True, text=True, timeout=30)
    assert done.returncode == code, done.stderr
    return [json.loads(line) for line in done.stdout.splitlines()]


def test_the_last_line_before_the_end_is_written() -> None:
    assert [line["event"] for line in run("log.info('first'); log.error('last'); sys.exit(3)", 3)] == ["first", "last"]


def test_the_last_line_before_a_signal_ends_a_server_is_written() -> None:
    """uvicorn raises the signal anew when it has shut down, and nothing runs at exit."""
    program = """
from contextlib import asynccontextmanager
from core.serve import Server, configuration
from starlette.applications import Starlette
import signal, threading

@asynccontextmanager
async def lifespan(app):
    threading.Timer(0.2, os.kill, (os.getpid(), signal.SIGTERM)).start()
    yield
    log.info('last')

config = configuration(Starlette(lifespan=lifespan))
config.port = 0
Server(config).run()
log.info('never')
"""
    assert [line["event"] for line in run(program, -signal.SIGTERM)] == ["last"]


def test_a_fork_logs_too() -> None:
    program = """
log.info('parent')
child = os.fork()
if not child:
    log.info('child')
    sys.exit(0)
os.waitpid(child, 0)
"""
    assert sorted(line["event"] for line in run(program)) == ["child", "parent"]


def test_a_process_ends_though_nobody_reads_what_it_says() -> None:
    program = PROGRAM + "for _ in range(300): log.info('x' * 999)\nsys.stderr.write('said')"
    command = [sys.executable, "-c", program]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        assert process.wait(30) == 0
        assert process.stderr
        assert process.stderr.read() == "said"
