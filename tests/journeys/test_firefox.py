"""Firefox ESR as room and as teacher, with nothing of the project's front end in it."""

import json
import os
import subprocess
import sys
from typing import Any

import pytest

pytestmark = pytest.mark.timeout(240)


@pytest.fixture(scope="module")
def found() -> dict[str, Any]:
    """Both lessons, in a namespace that this test makes; without being root it maps itself to one."""
    root = [] if os.geteuid() == 0 else ["--map-root-user"]
    command = ["unshare", "--net", *root, sys.executable, "-m", "tests.journeys.firefox_lessons"]
    ran = subprocess.run(command, capture_output=True, text=True, timeout=200, check=False)
    assert ran.returncode == 0, ran.stdout + ran.stderr
    result: dict[str, Any] = json.loads(ran.stdout.splitlines()[-1])
    return result


@pytest.mark.parametrize("way", ["to_firefox", "to_chromium"])
def test_firefox_and_chromium_teach_each_other(found: dict[str, Any], way: str) -> None:
    assert found[way]["video"]["codec"] == "video/VP8"
    assert found[way]["video"]["frames"] > 25
    assert found[way]["audio"]["energy"] > 0
