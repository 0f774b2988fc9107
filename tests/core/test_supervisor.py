import asyncio
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from core import processes
from core.embedded.program import Program
from core.errors import StartError
from core.supervisor import FIRST_PAUSE, LONGEST_PAUSE, Supervisor, next_pause


def program(name: str, source: str) -> Program:
    return Program(name, (sys.executable, "-c", source), lambda: True)


SLEEPER = "import time; time.sleep(60)"


def test_the_pause_doubles_up_to_its_limit_and_begins_anew_after_a_long_life() -> None:
    pauses, pause = [], FIRST_PAUSE
    for _ in range(8):
        pauses.append(pause)
        pause = next_pause(pause, lived=1.0)
    assert pauses[:4] == [0.2, 0.4, 0.8, 1.6]
    assert pause == LONGEST_PAUSE
    assert next_pause(LONGEST_PAUSE, lived=60.0) == FIRST_PAUSE


async def test_what_dies_is_started_again_and_the_others_live_on(tmp_path: Path) -> None:
    told: list[str] = []
    supervisor = Supervisor(tmp_path, told.append)
    one, other = supervisor.start([program("one", SLEEPER), program("other", SLEEPER)])
    first, second = one.process.pid, other.process.pid
    one.process.kill()
    await eventually(lambda: one.process.pid != first)
    assert (other.process.pid, other.process.poll()) == (second, None)
    assert told == ["one: killed by signal 9; starting it again in 0.2 s"]
    await supervisor.stop()


async def test_stages_stop_in_the_reverse_order(tmp_path: Path) -> None:
    log = tmp_path / "order"
    source = (
        "import signal, sys, time\n"
        f"def stop(*_): open({str(log)!r}, 'a').write(sys.argv[1]); sys.exit()\n"
        "signal.signal(signal.SIGTERM, stop); print('up', flush=True); time.sleep(60)"
    )
    supervisor = Supervisor(tmp_path, print)
    for name in ("a", "b", "c"):
        one = Program(name, (sys.executable, "-c", source, name), lambda: True)
        supervisor.start([one])
        await eventually(lambda one=one: supervisor.log_of(one).read_text() == "up\n")  # type: ignore[misc]
    await supervisor.stop()
    assert log.read_text() == "cba"


async def test_a_program_that_dies_while_starting_is_named_with_its_log(tmp_path: Path) -> None:
    supervisor = Supervisor(tmp_path, print)
    (child,) = supervisor.start([Program("broken", (sys.executable, "-c", "exit(3)"), lambda: False)])
    with pytest.raises(StartError, match=r"^broken ended with 3 while starting; .*broken\.log says why\.$"):
        await supervisor.ready(child)
    await supervisor.stop()


async def test_an_orphan_of_a_dead_child_is_ended(tmp_path: Path) -> None:
    file = tmp_path / "pid"
    source = (
        "import subprocess, sys, time, pathlib\n"
        f"p = subprocess.Popen([sys.executable, '-c', {SLEEPER!r}])\n"
        f"pathlib.Path({str(file)!r}).write_text(str(p.pid))\n"
        "time.sleep(60)"
    )
    supervisor = Supervisor(tmp_path, print)
    (parent,) = supervisor.start([program("parent", source)])
    await eventually(lambda: file.exists() and file.read_text() != "")
    orphan = int(file.read_text())
    parent.process.kill()
    await eventually(lambda: processes.born(orphan) is None)
    await supervisor.stop()


def test_a_stranger_with_the_same_number_is_never_ended(tmp_path: Path) -> None:
    file = tmp_path / "processes.json"
    file.write_text(f'{{"mark": "none", "processes": [[{os.getpid()}, "another birth"]]}}')
    assert processes.end_leftovers(file) == 0


def test_what_was_started_after_the_last_writing_is_ended_with_its_children(tmp_path: Path) -> None:
    file = tmp_path / "processes.json"
    processes.remember(file, f"ours {tmp_path}", [])
    source = f"import subprocess, sys; subprocess.run([sys.executable, '-c', {SLEEPER!r}])"
    ours, strange = (
        program("parent", source).start(tmp_path / name, {processes.MARK: f"{name} {tmp_path}"})
        for name in ("ours", "strange")
    )
    try:
        child = _child_of(ours.pid)
        assert processes.end_leftovers(file) == 2
        assert (processes.born(ours.pid), processes.born(child)) == (None, None)
        assert strange.poll() is None
    finally:
        for pid in (strange.pid, _child_of(strange.pid)):
            os.kill(pid, signal.SIGKILL)
        strange.wait()
        ours.wait()


def _child_of(pid: int) -> int:
    deadline = time.monotonic() + 20
    while not (found := processes.children(pid)):
        assert time.monotonic() < deadline
        time.sleep(0.01)
    return found.pop()


@pytest.mark.parametrize("text", ["[[12", "[]", '{"mark": "x", "processes": [1]}'])
def test_a_damaged_list_of_processes_does_not_hinder_the_start(tmp_path: Path, text: str) -> None:
    file = tmp_path / "processes.json"
    file.write_text(text)
    assert processes.end_leftovers(file) == 0


async def eventually(holds: Callable[[], bool], seconds: float = 20) -> None:
    async with asyncio.timeout(seconds):
        while not holds():
            await asyncio.sleep(0.02)


async def test_children_that_were_there_before_are_let_alone(tmp_path: Path) -> None:
    with subprocess.Popen([sys.executable, "-c", SLEEPER]) as earlier:
        supervisor = Supervisor(tmp_path, print)
        supervisor.start([program("one", SLEEPER)])
        await supervisor.stop()
        assert earlier.poll() is None
        earlier.kill()
