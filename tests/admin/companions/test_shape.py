"""The shape of companion modules, and that one can be added as README.md says."""

import ast
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import admin.companions
from admin.companions import modules

ROOT = Path(__file__).resolve().parents[3]
FOLDER = Path(admin.companions.__file__).parent
FILES = {"__init__.py", "models.py", "words.py", "schemas.py", "rules.py", "actions.py", "router.py", "demo.py"} | {
    "README.md"
}
OPTIONAL = {"held.py", "registers.py", "reports.py", "offers.py", "tasks.py", "waiting.py", "data"}
PAGES = ROOT / "frontend" / "src" / "desk" / "companions"
PAGE_FILES = {"module.ts", "words.ts", "words.zh.ts", "words.en.ts"}
NAMES = {"lists": "errands", "LISTS": "ERRANDS", "ListItem": "Errand", "list_items": "errands_kept"} | {
    "list-item": "errand"
}
SEEN = """
import asyncio, httpx, secrets
from datetime import UTC, datetime, timedelta
import songjiao
from admin import seed
from admin.companions.errands.models import Errand
from admin.models import SignIn
from admin.who import digest

async def look():
    app = songjiao.build_web()
    async with app.router.lifespan_context(app):
        ground, moment = app.state.connections, datetime.now(UTC)
        async with ground.engine.begin() as connection:
            await connection.run_sync(Errand.__table__.create)
        async with ground.transaction() as session:
            hour = timedelta(hours=1)
            who = seed.person("bureau")
            session.add(SignIn(token=digest("t"), person_id=who, created_at=moment, expires_at=moment + hour))
        signed = {"Authorization": "Bearer t"}
        transport = httpx.ASGITransport(app=app)
        async with httpx.AsyncClient(transport=transport, base_url="http://t", headers=signed) as client:
            plain = {"programme": "p", "title": "t", "starts": "2026-09-01"}
            made = await client.post("/api/errands/items", json=plain | {"place_id": str(seed.place("qxn"))})
            found = await client.get("/api/errands/items")
            refused = await client.get("/api/errands/items", headers={"Authorization": "Bearer nobody"})
            sheet = await client.get("/api/errands/items/export")
        print(made.status_code, found.json()["total"], refused.status_code, sheet.content[:2].decode())

asyncio.run(look())
"""


def folders() -> list[Path]:
    inside = [one for one in FOLDER.iterdir() if one.is_dir() and (one / "__init__.py").exists()]
    return sorted(one for one in inside if one.name != "shape")


def test_each_module_has_the_same_files_and_a_folder_of_tests() -> None:
    for folder in folders():
        there = {one.name for one in folder.iterdir() if one.name != "__pycache__"}
        assert FILES <= there <= FILES | OPTIONAL, folder.name
        assert (ROOT / "tests" / "admin" / "companions" / folder.name).is_dir()


def test_each_module_has_a_folder_of_pages_of_the_same_files_and_is_listed_there() -> None:
    listed = (PAGES / "modules.ts").read_text()
    assert {one.name for one in PAGES.iterdir() if one.is_dir()} - {"shape"} == {folder.name for folder in folders()}
    for folder in folders():
        there = {one.name for one in (PAGES / folder.name).iterdir()}
        own = {name for name in there if name.endswith(".vue") or name == "calls.ts"}
        pure = {name for name in there - own - PAGE_FILES if name.replace(".test.ts", ".ts") in there}
        assert PAGE_FILES <= there == PAGE_FILES | own | pure, folder.name
        assert {name for name in pure if not name.endswith(".test.ts")} == {
            name.replace(".test.ts", ".ts") for name in pure if name.endswith(".test.ts")
        }
        assert f"import {{ {folder.name} }} from './{folder.name}/module'\n" in listed


def test_each_folder_is_listed_and_each_listed_one_is_there() -> None:
    listed = {module.__name__.split(".")[-2] for module in modules.MODULES}
    assert listed == {folder.name for folder in folders()}
    assert {demo.__name__.split(".")[-2] for demo in modules.DEMOS} == listed


def test_each_module_answers_under_its_own_name() -> None:
    assert [module.router.prefix for module in modules.MODULES] == [
        f"/api/{module.__name__.split('.')[-2]}" for module in modules.MODULES
    ]


def test_the_shape_knows_no_module() -> None:
    for file in (FOLDER / "shape").glob("*.py"):
        for node in ast.walk(ast.parse(file.read_text())):
            if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("admin.companions"):
                assert (node.module or "").startswith("admin.companions.shape"), file.name


def test_no_rule_reads_a_clock_or_a_session() -> None:
    for folder in folders():
        assert not re.search(r"sqlalchemy|core\.clock|async def", (folder / "rules.py").read_text()), folder.name


def test_a_module_is_added_by_copying_a_folder_and_the_lines_that_the_readme_lists(
    demo_environment: dict[str, str], tmp_path: Path
) -> None:
    for name in ("admin", "classroom", "core"):
        shutil.copytree(ROOT / name, tmp_path / name, ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("songjiao.py", "pyproject.toml"):
        shutil.copy(ROOT / name, tmp_path / name)
    for name in ("companions", "portal"):
        shutil.copytree(PAGES.parent / name, tmp_path / "frontend" / "src" / "desk" / name)
    _copy_folder(tmp_path / "admin" / "companions", "*.py")
    _copy_folder(tmp_path / "frontend" / "src" / "desk" / "companions", "*.*")
    for file, line in _listed_lines():
        text = (tmp_path / file).read_text()
        assert f"\n{line}\n" in text, (file, line)
        (tmp_path / file).write_text(text.replace(f"\n{line}\n", f"\n{line}\n{_renamed(line)}\n", 1))
    # the copy must be found before the installed house
    environment = {**os.environ, **demo_environment, "PYTHONPATH": str(tmp_path)}
    said = subprocess.run([sys.executable, "-c", SEEN], cwd=tmp_path, env=environment, capture_output=True, text=True)
    assert said.stdout.split() == ["201", "1", "401", "PK"], said.stderr
    lint = subprocess.run(
        [str(Path(sys.executable).parent / "lint-imports")],
        cwd=tmp_path,
        env=environment,
        capture_output=True,
        text=True,
    )
    assert lint.returncode == 0, lint.stdout


def _listed_lines() -> list[tuple[str, str]]:
    block = (FOLDER / "README.md").read_text().split("```")[1]
    return [(file, line) for file, _, line in (one.partition(" | ") for one in block.strip().splitlines())]


def _copy_folder(companions: Path, files: str) -> None:
    shutil.copytree(companions / "lists", companions / "errands")
    for file in (companions / "errands").glob(files):
        file.write_text(_renamed(file.read_text()))


def _renamed(text: str) -> str:
    for old, new in NAMES.items():
        text = text.replace(old, new)
    return text
