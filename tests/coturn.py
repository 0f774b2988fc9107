"""A real coturn on loopback, with short-lived credentials by a shared secret, as docker-compose.yml has it."""

from __future__ import annotations

import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from core.embedded.ports import free_port

SECRET = "shared with coturn"
START_SECONDS = 10.0


@contextmanager
def running(folder: Path) -> Iterator[dict[str, str]]:
    """→ the settings that tell a relay of it."""
    program, port, log = shutil.which("turnserver"), free_port(), folder / "coturn.log"
    assert program, "coturn is missing; `make test` installs it"
    command = [
        program, "-n", "--no-cli", "--no-tls", "--no-dtls", "--fingerprint", "--allow-loopback-peers",
        "--listening-ip=127.0.0.1", f"--listening-port={port}", "--relay-ip=127.0.0.1", "--realm=turn.test",
        "--use-auth-secret", f"--static-auth-secret={SECRET}", "--log-file=stdout",
        f"--pidfile={folder / 'coturn.pid'}", f"--userdb={folder / 'coturn.db'}",
    ]  # fmt: skip
    with log.open("wb") as out:
        process = subprocess.Popen(command, stdout=out, stderr=out)
    try:
        _wait(port, process, log)
        urls = f"turn:127.0.0.1:{port}?transport=udp, turn:127.0.0.1:{port}?transport=tcp"
        yield {"SONGJIAO_TURN_URLS": urls, "SONGJIAO_TURN_SECRET": SECRET}
    finally:
        process.terminate()
        process.wait(10)


def _wait(port: int, process: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        with suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
            return
        time.sleep(0.05)
    raise AssertionError(log.read_text())
