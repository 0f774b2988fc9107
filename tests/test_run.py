"""`songjiao run`, as a user meets it: it starts, heals, stops, and says in one sentence why it cannot start."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import psutil
import pytest

from core.settings import known_variables
from tests.house import ROOT, House, arguments_of, running

CLEAN = {name: value for name, value in os.environ.items() if name not in known_variables()}


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """A house of this file's own: the last tests stop it and start it again, in their order."""
    with running(tmp_path_factory.mktemp("house"), "--demo") as started:
        yield started


def test_all_parts_answer(house: House) -> None:
    with house.api() as api:
        assert api.get("/api/health").json() == {
            "status": "ok",
            "parts": dict.fromkeys(("database", "redis", "store", "relay", "worker", "beat", "recorder"), "ok"),
        }


def test_it_prints_the_addresses_and_the_demo_accounts(house: House) -> None:
    eventually(lambda: "Ctrl-C" in house.log.read_text())
    words = house.log.read_text()
    assert f"{house.url}/room" in words
    for account in ("teacher", "village", "student", "bureau", "admin", "songjiao-demo"):
        assert account in words


def test_its_relay_is_the_root_of_the_tree(house: House) -> None:
    with house.api("bureau") as client:
        relays = client.get("/api/relays").json()["items"]
    [relay] = [one for one in relays if one["address"] == house.relay_url]
    assert (relay["tier"], relay["state"], relay["parent"], relay["place"]) == ("prefecture", "up", None, None)


def test_all_processes_stay_in_the_supervisors_group(house: House) -> None:
    group = os.getpgid(house.supervisor.pid)
    # PostgreSQL's own children lead groups of their own; they end with it
    ours = [one for one in house.family() if one.name() != "postgres" or one.ppid() == house.supervisor.pid]
    assert {os.getpgid(process.pid) for process in ours} == {group}


def test_only_relays_have_relay_as_an_argument(house: House) -> None:
    relays = [process for process in house.family() if "relay" in arguments_of(process)]
    assert [process.pid for process in relays] == [house.process_of("relay").pid]


def test_a_relay_holds_no_secret_of_the_control_plane(house: House) -> None:
    environment = house.process_of("relay").environ()
    assert not environment.get("SONGJIAO_SECRET_KEY_FILE")
    assert not environment.get("SONGJIAO_DATABASE_URL")
    assert not environment.get("SONGJIAO_S3_SECRET_KEY")


def test_a_clock_that_is_killed_comes_back(house: House) -> None:
    """The other parts: journeys/test_outages.py, in the middle of a lesson."""
    others = {process.pid for process in house.supervisor.children()}
    killed = house.process_of("beat")
    killed.kill()
    psutil.wait_procs([killed], 10)
    successor = house.successor_of("beat", killed)
    house.wait(60)
    assert successor.is_running()
    assert others - {process.pid for process in house.supervisor.children()} == {killed.pid}


def test_embedded_services_listen_on_loopback_only(house: House) -> None:
    for name in ("postgres", "valkey", "s3"):
        process = house.process_of(name)
        own = [one for one in psutil.net_connections("inet") if one.pid == process.pid]
        listening = [one.laddr for one in own if one.laddr and one.status == psutil.CONN_LISTEN]
        assert {address.ip for address in listening} <= {"127.0.0.1"}


def test_a_second_start_on_the_same_folder_is_refused(house: House) -> None:
    assert refused(f"--data={house.data}") == (
        f"songjiao: Songjiao runs already on {house.data}; stop it or choose another folder with --data."
    )


@pytest.mark.parametrize("option", ["--port", "--relay-port"])
def test_a_taken_port_is_named(option: str, tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        free = {"SONGJIAO_PORT": "0", "SONGJIAO_RELAY_PORT": "0", "SONGJIAO_MEDIA_PORT": "0"}
        assert refused(f"{option}={port}", f"--data={tmp_path}", environment=free) == (
            f"songjiao: TCP port {port} on 127.0.0.1 is taken by another program; choose another with {option}."
        )


def test_a_taken_media_port_is_named(tmp_path: Path) -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as other:
        other.bind(("127.0.0.1", 0))
        port = other.getsockname()[1]
        assert refused(f"--media-port={port}", "--port=0", "--relay-port=0", f"--data={tmp_path}") == (
            f"songjiao: UDP port {port} on 127.0.0.1 is taken by another program; choose another with --media-port."
        )


@pytest.mark.parametrize(
    ("variable", "value", "named"),
    [
        ("SONGJIAO_PORT", "eight", "SONGJIAO_PORT is 'eight'"),
        ("SONGJIAO_MEDIA_PORT", "70000", "SONGJIAO_MEDIA_PORT is '70000'"),
        ("SONGJIAO_SECRET_KEY", "short", "SONGJIAO_SECRET_KEY is set, but"),
        ("SONGJIAO_SECRET_KEY_FILE", "/nowhere/key", "SONGJIAO_SECRET_KEY_FILE names /nowhere/key"),
        ("SONGJIAO_S3_ENDPOINT", "127.0.0.1:9000", "SONGJIAO_S3_ENDPOINT is '127.0.0.1:9000'"),
        ("SONGJIAO_HOST", "no.such.host.invalid", "no.such.host.invalid is not an address"),
    ],
)
def test_a_wrong_setting_is_named_in_one_sentence(variable: str, value: str, named: str, tmp_path: Path) -> None:
    free = {"SONGJIAO_PORT": "0", "SONGJIAO_RELAY_PORT": "0", "SONGJIAO_MEDIA_PORT": "0"}
    words = refused(f"--data={tmp_path}", environment={**free, variable: value})
    assert named in words
    assert "\n" not in words


@pytest.mark.timeout(180)
def test_ctrl_c_stops_everything_cleanly(house: House) -> None:
    stops_cleanly(house, signal.SIGINT)


@pytest.mark.timeout(240)
def test_after_the_supervisor_was_killed_the_next_start_replaces_what_it_left(house: House) -> None:
    house.start()
    house.wait()
    left = house.family()
    house.supervisor.kill()
    house.supervisor.wait(10)
    assert any(process.is_running() for process in left)
    house.start()
    # The web left behind still answers until the new start ends it, so its answer says nothing yet.
    gone, alive = psutil.wait_procs(left, 60)
    assert (len(gone), alive) == (len(left), [])
    house.wait()
    assert "that an earlier start left behind" in house.log.read_text()


@pytest.mark.timeout(180)
def test_a_service_manager_stops_everything_cleanly(house: House) -> None:
    stops_cleanly(house, signal.SIGTERM)


def stops_cleanly(house: House, number: signal.Signals) -> None:
    family = house.family()
    assert family
    assert house.stop(number) == 0
    assert psutil.wait_procs(family, 1)[1] == []
    with pytest.raises(httpx.ConnectError):
        httpx.get(house.url)


def refused(*options: str, environment: dict[str, str] | None = None) -> str:
    """What a start that must fail says, without what it said before of its progress."""
    command = [sys.executable, "-m", "songjiao", "run", *options]
    told = {**CLEAN, **(environment or {})}
    ended = subprocess.run(command, cwd=ROOT, env=told, capture_output=True, text=True, timeout=100)
    assert ended.returncode == 1, ended.stdout
    return ended.stderr.strip()


def eventually(holds: Callable[[], bool], seconds: float = 10) -> None:
    deadline = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < deadline
        time.sleep(0.05)
