"""The rules of the house that a program can check: arrows, one file per outside thing, small functions."""

import ast
import re
import statistics
import subprocess
import sys
import tomllib
from collections import defaultdict
from collections.abc import Iterator
from functools import cache
from itertools import chain
from pathlib import Path
from typing import Any

from core.version import VERSION

ROOT = Path(__file__).resolve().parent.parent
PACKAGES = ("core", "admin", "classroom", "resources", "scheduling")
LONGEST_FUNCTION, LONGEST_FILE = 60, 400
FORBIDDEN_NAMES = re.compile(r"(Manager|Handler|Helper|Utils?|Common)$|(^|_)(utils?|helpers?|common|managers?)$")
HOMES = ("/work" + "/", "/home" + "/", "/root" + "/", "/Users" + "/")
INDEXES = ("pypi.org", "pythonhosted", "npmjs.org", "npmmirror", "tuna.tsinghua", "registry.npm", "index-url =")
LOADED = "import sys, classroom.relay.process; print(*sys.modules)"
NOT_IN_A_RELAY = (
    "av",
    "sqlalchemy",
    "psycopg",
    "celery",
    "minio",
    "alembic",
    "fastapi",
    "admin",
    "classroom.lessons",
    "core.database",
)


def test_imports_point_down() -> None:
    lint = subprocess.run([str(Path(sys.executable).parent / "lint-imports")], cwd=ROOT, capture_output=True, text=True)
    assert lint.returncode == 0, lint.stdout + lint.stderr


def test_the_relay_process_loads_no_database_and_no_decoder() -> None:
    said = subprocess.run([sys.executable, "-c", LOADED], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    assert [name for name in NOT_IN_A_RELAY if name in said.split()] == []


def test_only_the_store_imports_minio() -> None:
    assert importers("minio") == {"core/store.py"}


def test_aiortc_and_libsrtp_stay_behind_the_transport_and_the_fan_out() -> None:
    assert importers("aiortc") == {"classroom/transport/aiortc_parts.py"}
    fan_out = {f"classroom/relay/fanout_{part}.py" for part in ("native", "protect", "slab")}
    assert importers("pylibsrtp") <= {"classroom/transport/peer.py", *fan_out}


def test_packet_arithmetic_has_no_socket_task_or_clock() -> None:
    for outside in ("socket", "asyncio", "time", "datetime", "threading"):
        assert not [one for one in importers(outside) if one.startswith("classroom/rtp/")]


def test_nobody_below_the_edge_commits() -> None:
    commits = [
        place
        for place, node in nodes(ast.Call)
        if isinstance(node.func, ast.Attribute) and node.func.attr == "commit" and not place.startswith("core/")
    ]
    assert commits == []


def test_functions_are_short() -> None:
    lengths = {f"{place}:{node.name}": length(node) for place, node in nodes(ast.FunctionDef, ast.AsyncFunctionDef)}
    assert {name: lines for name, lines in lengths.items() if lines > LONGEST_FUNCTION} == {}
    assert statistics.median(lengths.values()) <= 10
    assert statistics.quantiles(lengths.values(), n=10)[8] <= 30


def test_files_are_short() -> None:
    lengths = {str(file.relative_to(ROOT)): len(file.read_text().splitlines()) for file in sources()}
    assert {name: lines for name, lines in lengths.items() if lines > LONGEST_FILE} == {}
    assert statistics.median(lengths.values()) <= 120


def test_nothing_is_called_after_a_pattern() -> None:
    named = {node.name for _, node in nodes(ast.ClassDef)} | {file.stem for file in sources()}
    assert [name for name in sorted(named) if FORBIDDEN_NAMES.search(name)] == []


def test_each_package_tells_the_way_of_its_data() -> None:
    folders = {file.parent for name in PACKAGES for file in (ROOT / name).rglob("__init__.py")}
    assert [str(one.relative_to(ROOT)) for one in sorted(folders) if not (one / "README.md").exists()] == []


def test_every_folder_with_code_is_a_package() -> None:
    folders = {file.parent for file in sources() if file.parent != ROOT and "migrations" not in file.parts}
    assert [str(one.relative_to(ROOT)) for one in sorted(folders) if not (one / "__init__.py").exists()] == []


def test_no_tracked_file_names_a_machines_path_or_a_package_index() -> None:
    found = [(name, word) for name, text in tracked() for word in (*HOMES, *INDEXES) if word in text]
    assert [one for one in found if one[0] != "tests/test_architecture.py"] == []


def test_the_front_ends_lock_names_no_address() -> None:
    lock = ROOT / "frontend" / "package-lock.json"
    assert '"resolved"' not in lock.read_text()
    assert '"integrity"' in lock.read_text()


def test_no_tracked_file_is_large() -> None:
    assert [name for name in tracked_names() if (ROOT / name).stat().st_size > 1_000_000] == []


def test_each_required_package_is_pinned_with_hashes() -> None:
    lock = (ROOT / "requirements.lock").read_text()
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    for wanted in [*project["dependencies"], *project["optional-dependencies"]["dev"]]:
        name = re.split(r"[\[<>=~!]", wanted)[0]
        assert re.search(rf"^{re.escape(name)}==\S+ .*\\\n    --hash=sha256:", lock, re.MULTILINE), (
            f"{name}: run make lock"
        )


def test_the_version_is_told_once_each() -> None:
    assert tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["version"] == VERSION


def sources() -> list[Path]:
    return [ROOT / "songjiao.py", *(file for name in PACKAGES for file in sorted((ROOT / name).rglob("*.py")))]


@cache
def trees() -> list[tuple[str, ast.Module]]:
    return [(str(file.relative_to(ROOT)), ast.parse(file.read_text())) for file in sources()]


@cache
def by_kind() -> dict[type, list[tuple[str, Any]]]:
    """Walked once for all tests: there are a million nodes."""
    found = defaultdict(list)
    for place, tree in trees():
        for node in ast.walk(tree):
            found[type(node)].append((place, node))
    return found


def nodes(*kinds: type) -> Iterator[tuple[str, Any]]:
    return chain.from_iterable(by_kind().get(kind, []) for kind in kinds)


def length(node: Any) -> int:
    return int(node.end_lineno - node.lineno + 1)


def importers(package: str) -> set[str]:
    found = {place for place, node in nodes(ast.Import) if any(_top(one.name) == package for one in node.names)}
    return found | {place for place, node in nodes(ast.ImportFrom) if not node.level and _top(node.module) == package}


def _top(module: str | None) -> str:
    return (module or "").partition(".")[0]


@cache
def tracked_names() -> list[str]:
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True)
    names = listed.stdout.split("\0") if listed.returncode == 0 else []
    return [name for name in names if name and (ROOT / name).is_file()]


def tracked() -> Iterator[tuple[str, str]]:
    for name in tracked_names():
        try:
            yield name, (ROOT / name).read_text(encoding="utf-8")
        except UnicodeDecodeError:
            continue
