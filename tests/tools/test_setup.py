"""What `make test` does on a machine that lacks Debian's browsers. A folder of stand-ins is the whole PATH, so that
nothing of this machine is touched: its `apt-get` writes down what it was asked for."""

import os
from pathlib import Path

import pytest

from tools import setup

APT_GET = """#!/bin/sh
echo "$*" >> {log}
case "$*" in
  install*) [ -e {folder}/updated ] || exit 100 ;;
  update*) : > {folder}/updated ;;
esac
"""


@pytest.fixture
def machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Without any of the tools, and with an `apt-get` that knows no package before its first update."""
    tool = tmp_path / "apt-get"
    tool.write_text(APT_GET.format(log=tmp_path / "asked", folder=tmp_path))
    tool.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(setup, "_path", lambda: str(tmp_path))
    return tmp_path


def asked(machine: Path) -> list[str]:
    log = machine / "asked"
    return log.read_text().splitlines() if log.exists() else []


def test_root_gets_what_is_missing_after_one_update(machine: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    for command in setup.TEST_TOOLS.values():
        if command != "chromium":
            (machine / command).touch(mode=0o755)
    setup.install_test_tools()
    first, update, again = asked(machine)
    assert first == again
    assert first.startswith("install -y --no-install-recommends chromium")
    assert update.startswith("update")


def test_others_are_told_the_command_in_one_sentence(machine: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    with pytest.raises(SystemExit, match=r"please install chromium, .*sudo apt-get install -y .*chromium"):
        setup.install_test_tools()
    assert asked(machine) == []


def test_nothing_is_asked_for_where_all_is_there(machine: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    monkeypatch.setattr(setup, "CHINESE_FONT", "")
    for command in setup.TEST_TOOLS.values():
        (machine / command).touch(mode=0o755)
    setup.install_test_tools()
    assert not any("chromium" in line for line in asked(machine))
