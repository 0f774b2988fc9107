"""Sets up everything for `make`: environment, packages, front end, browsers. Python's standard library only.

    python3 -m tools.setup run|check|test|lock

Each step is skipped when its inputs (by content) are those of the last time, so a second run takes a moment.
"""

import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

from tools.npm import BIN, ROOT
from tools.npm import run as run_node
from tools.stamps import Stamps, content

VENV = ROOT / ".venv"
FRONTEND = ROOT / "frontend"
COMPILED = [ROOT / "classroom" / "relay" / "protect.c"]
COMPILED += [ROOT / "scheduling" / "engine" / name for name in ("tally.c", "tally.h", "walk.c", "walk.h")]
LOCK = ROOT / "requirements.lock"
# Debian's names of what the browser tests need, and the command that shows each is there.
TEST_TOOLS = {"chromium": "chromium", "firefox-esr": "firefox-esr", "espeak-ng": "espeak-ng", "iproute2": "ip"}
# Another's TURN server, for those whose network lets nothing else through.
TEST_TOOLS |= {"coturn": "turnserver"}
# Another solver, to compare timetables with.
TEST_TOOLS |= {"fet": "fet-cl"}
# Of the library: documents to pages, and the virus scanner.
TEST_TOOLS |= {"libreoffice-impress-nogui": "soffice", "clamav-daemon": "clamd"}
CHINESE_FONT = "fonts-noto-cjk"
SOURCES = ("src", "public", "tools", "index.html", "room.html", "pupil.html")
API_SOURCES = ("admin", "classroom", "core", "resources", "scheduling", "songjiao.py")

began = time.monotonic()


def main(goal: str) -> None:
    if sys.version_info < (3, 11):
        stop(f"Songjiao needs Python 3.11 or newer, this is {sys.version.split()[0]}. Try: make PYTHON=python3.12 …")
    os.chdir(ROOT)
    make_environment()
    stamps = Stamps(VENV / "stamps.json")
    if goal == "lock":
        return write_lock()
    install_packages(stamps)
    install_frontend(stamps)
    if goal != "check":
        build_frontend(stamps)
    if goal == "test":
        install_test_tools()


def make_environment() -> None:
    if (BIN / "python").exists() and (BIN / "uv").exists():
        return
    say("making the environment in .venv")
    made = subprocess.run([sys.executable, "-m", "venv", "--clear", str(VENV)], capture_output=True, text=True)
    if made.returncode:
        shutil.rmtree(VENV, ignore_errors=True)
        version = f"python{sys.version_info.major}.{sys.version_info.minor}-venv"
        apt([version], "Python's venv module is missing")
        do([sys.executable, "-m", "venv", "--clear", str(VENV)])
    say("installing uv")
    do([str(BIN / "python"), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", _pin("uv")])


def install_packages(stamps: Stamps) -> None:
    found = content([LOCK, ROOT / "pyproject.toml", *COMPILED])
    if stamps.same("packages", found):
        return
    say("installing Python packages")
    environment = {"VIRTUAL_ENV": str(VENV)}
    do([str(BIN / "uv"), "pip", "sync", "--quiet", "--compile-bytecode", "--require-hashes", str(LOCK)], environment)
    do([str(BIN / "uv"), "pip", "install", "--quiet", "--no-deps", "--editable", "."], environment)
    stamps.set("packages", found)


def install_frontend(stamps: Stamps) -> None:
    found = content([FRONTEND / "package.json", FRONTEND / "package-lock.json"])
    if (FRONTEND / "node_modules").exists() and stamps.same("npm", found):
        return
    say("installing front-end packages")
    front_end("npm", "ci", "--no-audit", "--no-fund", "--loglevel=error")
    stamps.set("npm", found)


def build_frontend(stamps: Stamps) -> None:
    files = [FRONTEND / name for name in SOURCES] + sorted(FRONTEND.glob("*.json")) + sorted(FRONTEND.glob("*.ts"))
    found = content([*files, *(ROOT / name for name in API_SOURCES)], without=("api-types.ts",))
    if (FRONTEND / "dist" / "index.html").exists() and stamps.same("dist", found):
        return
    say("building the pages")
    front_end("npm", "run", "build", "--silent")
    front_end("node", str(ROOT / "tools" / "compress.mjs"), "dist")
    stamps.set("dist", found)


def install_test_tools() -> None:
    missing = [package for package, command in TEST_TOOLS.items() if not shutil.which(command, path=_path())]
    if not any(Path("/usr/share/fonts").rglob("NotoSansCJK*")):
        missing.append(CHINESE_FONT)
    if missing:
        apt(missing, "the browser tests need them")


def write_lock() -> None:
    say("pinning all packages")
    options = ["--universal", "--generate-hashes", "--no-emit-index-url", "--no-header", "--upgrade", "--quiet"]
    command = [str(BIN / "uv"), "pip", "compile", *options, "--extra", "dev", "pyproject.toml", "-o", str(LOCK)]
    do([*command, "--python-version", "3.11"], {"UV_CUSTOM_COMPILE_COMMAND": "make lock"})


def front_end(*command: str) -> None:
    if code := run_node(command):
        stop(f"this step failed with {code}: {' '.join(command)}")


def apt(packages: list[str], reason: str) -> None:
    """Installs Debian packages as root; else says in one sentence what to do."""
    command = ["apt-get", "install", "-y", "--no-install-recommends", *packages]
    if os.geteuid() != 0 or not shutil.which("apt-get"):
        stop(f"{reason}: please install {', '.join(packages)}, for example: sudo {' '.join(command)}")
    say(f"installing {', '.join(packages)}")
    quiet = {"DEBIAN_FRONTEND": "noninteractive"}
    if subprocess.run([*command, "-qq"], env={**os.environ, **quiet}, stdout=subprocess.DEVNULL).returncode:
        do(["apt-get", "update", "-qq"], quiet)
        do([*command, "-qq"], quiet)


def do(command: list[str], environment: dict[str, str] | None = None) -> None:
    """The command's own words are shown; a failure ends the set-up with one sentence."""
    code = subprocess.run(command, env={**os.environ, **(environment or {})}).returncode
    if code:
        stop(f"this step failed with {code}: {' '.join(command)}")


def say(words: str) -> None:
    print(f"  {time.monotonic() - began:5.1f} s  {words} …", flush=True)


def stop(words: str) -> None:
    sys.exit(f"songjiao: {words}")


def _pin(name: str) -> str:
    """The version that the lock names, so that everyone resolves alike."""
    for line in LOCK.read_text().splitlines():
        if line.startswith(f"{name}=="):
            return line.split()[0]
    return name


def _path() -> str:
    return f"{os.environ.get('PATH', '')}:/usr/sbin:/sbin"


if __name__ == "__main__":
    main(sys.argv[1])
