"""npm in frontend/, with the machine's Node if that is new enough, else with the one in the environment.

python3 -m tools.npm ci
python3 -m tools.npm run build
"""

import os
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
BIN = ROOT / ".venv" / "bin"
OLDEST = (20, 19)


def run(command: Sequence[str]) -> int:
    """A command in frontend/ that finds node and npm; returns its exit code."""
    path = os.environ.get("PATH", "")
    environment = {**os.environ, "PATH": path if machine_node_will_do() else f"{BIN}{os.pathsep}{path}"}
    # The build asks this Python for the API's document.
    environment["PYTHON"] = str(BIN / "python")
    return subprocess.run(_found(command, environment["PATH"]), cwd=ROOT / "frontend", env=environment).returncode


def _found(command: Sequence[str], path: str) -> list[str]:
    return [shutil.which(command[0], path=path) or command[0], *command[1:]]


def machine_node_will_do() -> bool:
    node, npm = shutil.which("node"), shutil.which("npm")
    if not (node and npm):
        return False
    said = subprocess.run([node, "--version"], capture_output=True, text=True).stdout.strip()
    numbers = said.removeprefix("v").split(".")[:2]
    return all(one.isdigit() for one in numbers) and tuple(map(int, numbers)) >= OLDEST


if __name__ == "__main__":
    sys.exit(run(["npm", *sys.argv[1:]]))
