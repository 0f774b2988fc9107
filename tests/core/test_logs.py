"""Logging never stands in the way of what it tells about."""

import json
import os
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


def test_a_full_disk_stops_nobody_who_logs() -> None:
    with FULL.open("wb", buffering=0) as file:
        lines = LogLines(file.fileno())
        for _ in range(3):
            lines.write("a line that nobody will read\n")
        assert lines.drain(5)


def test_who_reads_nothing_holds_up_nobody_and_is_told_what_was_lost(
    pipe: tuple[int, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(log_lines, "MOST", 100)
    reading, writing = pipe
    lost: list[int] = []
    lines = LogLines(writing, lost.append)
    line, begun = "x" * 999 + "\n", time.monotonic()
    for _ in range(500):
        lines.write(line)
    assert time.monotonic() - begun < 5, "seconds; the pipe takes 65 lines"
    assert not lines.drain(0.01)
    came = read(reading, 100)
    assert set(came) == {line.strip()}
    while not lines.drain(0.01):
        came += read(reading, 1)
    assert sum(lost) >= 500 - 100 - 70


def test_the_lines_are_whole_and_in_order(pipe: tuple[int, int]) -> None:
    lines = LogLines(pipe[1])
    for number in range(50):
        lines.write(f"第 {number} 行\n")
    assert lines.drain(5)
    assert read(pipe[0], 50) == [f"第 {number} 行" for number in range(50)]


def run(program: str) -> list[dict[str, str]]:
    done = subprocess.run([sys.executable, "-c", PROGRAM + program], capture_output=True, text=True, timeout=30)
    assert done.returncode in (0, 3), done.stderr
    return [json.loads(line) for line in done.stdout.splitlines()]


def test_the_last_line_before_the_end_is_written() -> None:
    assert [line["event"] for line in run("log.info('first'); log.error('last'); sys.exit(3)")] == ["first", "last"]


def test_a_fork_logs_too() -> None:
    """Celery's workers are forks."""
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
