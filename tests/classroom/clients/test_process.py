"""The relay as a process: what it loads, how it starts and stops, and that Valkey is not needed for media."""

import json
import os
import re
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import httpx
import pytest
import redis

from core.embedded.ports import free_port
from tests.classroom.conftest import SECRET, RunningRelay, make_ticket, viewer_ticket
from tests.classroom.doors import Client, code

Make = Callable[[dict[str, str]], RunningRelay]
FORBIDDEN = ("sqlalchemy", "psycopg", "celery", "PIL", "av", "numpy", "alembic", "minio")
DECODING = ("aiortc.codecs", "aiortc.mediastreams", "aiortc.contrib", "aiortc.rtcrtpsender", "aiortc.rtcrtpreceiver")


def test_the_running_relay_holds_no_decoder_and_no_database(make_relay: Make) -> None:
    """Its mapped libraries tell on a running process; its modules on the same import in a fresh one."""
    relay = make_relay({})
    mapped = Path(f"/proc/{relay.process.pid}/maps").read_text()
    assert not re.findall(r"libav\w+|libx264|libvpx|libopus|_psycopg|pillow", mapped, re.I)
    program = "import sys, json, classroom.relay.process; print(json.dumps(sorted(sys.modules)))"
    modules = json.loads(subprocess.run([sys.executable, "-c", program], capture_output=True, check=True).stdout)
    assert "aiortc.rtcdtlstransport" in modules
    assert not [name for name in modules if name.split(".")[0] in FORBIDDEN or name.startswith(DECODING)]


def test_it_stops_within_two_seconds_of_sigterm(make_relay: Make) -> None:
    relay = make_relay({})
    assert Client(relay, make_ticket()).whip().status_code == 201
    assert relay.stop() < 2.5


@pytest.mark.parametrize(
    ("kind", "sentence"), [(socket.SOCK_STREAM, "TCP port .* taken"), (socket.SOCK_DGRAM, "UDP .* taken")]
)
def test_a_taken_port_is_one_sentence(kind: socket.SocketKind, sentence: str) -> None:
    with socket.socket(socket.AF_INET, kind) as other:
        other.bind(("127.0.0.1", 0))
        taken = other.getsockname()[1]
        ports = {socket.SOCK_STREAM: free_port(), socket.SOCK_DGRAM: free_port(socket.SOCK_DGRAM)}
        ports[kind] = taken
        said = start_fails(ports[socket.SOCK_STREAM], ports[socket.SOCK_DGRAM], {"SONGJIAO_SECRET_KEY": SECRET})
    assert re.search(sentence, said)
    assert str(taken) in said


def test_without_a_key_it_says_which_settings_are_missing() -> None:
    said = start_fails(0, 0, {})
    assert "SONGJIAO_TICKET_PUBLIC_KEY" in said


def start_fails(port: int, media: int, changed: dict[str, str]) -> str:
    """The one line that the command says before it ends with an error."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("SONGJIAO_")}
    command = [sys.executable, "-m", "songjiao", "relay", "--port", str(port), "--media-port", str(media)]
    done = subprocess.run(command, env={**kept, **changed}, capture_output=True, text=True, timeout=60)
    assert done.returncode != 0
    lines = [line for line in (done.stdout + done.stderr).splitlines() if "socket_buffers_capped" not in line]
    assert len(lines) == 1, lines
    return lines[0]


def test_metrics_count_what_is_dropped(make_relay: Make) -> None:
    relay = make_relay({})
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as stranger:
        for datagram in (b"\xff\xff", b"\x80\x60", b"", b"\x00\x01"):
            stranger.sendto(datagram, ("127.0.0.1", relay.media))
    wait_until(lambda: relay.metrics().get('songjiao_relay_drops_total{kind="stun_malformed"}') == 1)
    metrics = relay.metrics()
    assert metrics['songjiao_relay_drops_total{kind="unknown_kind"}'] == 1
    assert metrics["songjiao_relay_packets_in_total"] == 4


def test_metrics_are_not_for_everyone(make_relay: Make) -> None:
    relay = make_relay({"SONGJIAO_METRICS_FROM": "192.0.2.0/24"})
    assert code(httpx.get(f"{relay.url}/metrics")) == (403, "metrics-not-here")


def test_ice_servers_are_told_in_links(make_relay: Make) -> None:
    urls = "turn:turn.school:3478?transport=udp,turns:turn.school:443"
    relay = make_relay({"SONGJIAO_TURN_URLS": urls, "SONGJIAO_TURN_SECRET": "shared with coturn"})
    links = Client(relay, make_ticket()).whip().headers.get_list("link")
    assert [link.split(">")[0] for link in links] == ["<turn:turn.school:3478?transport=udp", "<turns:turn.school:443"]
    assert all('rel="ice-server"' in link and 'credential-type="password"' in link for link in links)


def test_an_order_ends_a_lesson_and_keeps_it_ended(make_relay: Make, redis_url: str) -> None:
    relay = make_relay({"SONGJIAO_REDIS_URL": redis_url})
    teacher, viewer = Client(relay, make_ticket()), Client(relay, viewer_ticket())
    place = teacher.whip().headers["location"]
    other = Client(relay, make_ticket(lesson="other"))
    stays = other.whip(lesson="other").headers["location"]
    with redis.Redis.from_url(redis_url) as valkey:
        wait_until(lambda: valkey.publish("songjiao:orders", "not an order") == 1)
        valkey.publish("songjiao:orders", json.dumps({"lesson": "lesson-1", "order": "shutdown"}))
    wait_until(lambda: httpx.options(place).status_code == 404)
    assert code(teacher.whip()) == (410, "lesson-ended")
    assert code(viewer.whep()) == (410, "lesson-ended")
    assert httpx.options(stays).status_code == 204


def test_a_lesson_that_ended_while_the_relay_was_away_stays_ended(make_relay: Make, redis_url: str) -> None:
    from redis.asyncio import Redis

    from classroom.interaction.log import LessonLog

    async def end() -> None:
        async with Redis.from_url(redis_url) as valkey:
            await LessonLog(valkey).append("lesson-1", "lesson", "", {"state": "ended"})

    import asyncio

    asyncio.run(end())
    relay = make_relay({"SONGJIAO_REDIS_URL": redis_url})
    teacher = Client(relay, make_ticket())
    teacher.whip()
    wait_until(lambda: teacher.whip().status_code == 410)


def test_reports_reach_the_lessons_log(make_relay: Make, redis_url: str) -> None:
    relay = make_relay({"SONGJIAO_REDIS_URL": redis_url})
    teacher = Client(relay, make_ticket())
    place = teacher.whip().headers["location"]
    with redis.Redis.from_url(redis_url, decode_responses=True) as valkey:
        facts = "songjiao:{lesson-1}:facts"
        line = f"line:{place.rsplit('/', 1)[1]}"
        wait_until(lambda: valkey.hexists(facts, line) and valkey.hexists(facts, "slot:teacher"))
        teacher.http.delete(place)
        wait_until(lambda: not valkey.hexists(facts, line))


def test_an_absent_valkey_disturbs_nobody(make_relay: Make) -> None:
    relay = make_relay({"SONGJIAO_REDIS_URL": f"redis://127.0.0.1:{free_port()}/0"})
    assert Client(relay, make_ticket()).whip().status_code == 201
    assert Client(relay, viewer_ticket()).whep().status_code == 201
    assert httpx.get(f"{relay.url}/api/health").status_code == 200
    assert relay.stop() < 3


def wait_until(condition: Callable[[], object], within: float = 20.0) -> None:
    deadline = time.monotonic() + within
    while not condition():
        assert time.monotonic() < deadline, "it did not come about in time"
        time.sleep(0.05)
