"""A recording host (录播主机), from the six digits on its screen to its camera in a lesson, seen in Chromium; then its
key is taken back."""

import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, expect

from tests.house import House
from tests.journeys import third_party
from tests.journeys.desk import accept_no_serious_finding, keep_pictures, opened, signed_in
from tests.journeys.test_camera import camera, picture_width
from tests.journeys.test_desk_pages import begun
from tests.journeys.third_party import ChromiumClient

__all__ = ["camera"]
pytestmark = pytest.mark.timeout(180)


@contextmanager
def host(command: str, house: House, data: Path, *options: str) -> Iterator[subprocess.Popen[str]]:
    whole = [sys.executable, "-m", "songjiao", "host", command, "--web", house.url, "--data", str(data), *options]
    with subprocess.Popen(whole, stdout=subprocess.PIPE, text=True) as running:
        try:
            yield running
        finally:
            running.terminate()
            running.wait(20)


def sending_room(house: House, lesson: str) -> dict[str, Any]:
    with house.api("bureau") as api:
        found: dict[str, Any] = api.get(f"/api/lessons/{lesson}").json()["sending_room"]
        return found


def test_a_recording_host_is_paired_sends_its_camera_into_the_rooms_lesson_and_loses_its_key(
    house: House, chromium: Browser, camera: str, tmp_path: Path
) -> None:
    lesson = begun(house)
    room = sending_room(house, lesson)
    with opened(chromium, house) as desk:
        with host("pair", house, tmp_path) as pairing:
            assert pairing.stdout
            code = re.search(r"\d{6}", pairing.stdout.readline())
            assert code
            signed_in(desk, house, "bureau", f"/rooms?school={room['school']['id']}&name={room['school']['name']}")
            row = desk.get_by_role("row").filter(has_text=room["name"]).filter(has_text=room["school"]["name"])
            row.get_by_role("button", name="配对").click()
            desk.get_by_label("屏幕上的 6 位数字").fill(code[0])
            desk.get_by_role("complementary").get_by_role("button", name="配对").click()
            expect(desk.get_by_text("录播主机会自己登录")).to_be_visible()
            assert pairing.wait(30) == 0
        with host("run", house, tmp_path, "--camera", camera), house.api("bureau") as api:
            watcher = ChromiumClient(chromium.new_page(), house.url)
            ticket = api.post(f"/api/lessons/{lesson}/ticket", json={"as": "observer"}).json()
            assert third_party.watch(watcher, ticket)["status"] == 201
            third_party.until(lambda: picture_width(watcher) == 640, 60, lambda: f"{picture_width(watcher)} wide")
            watcher.page.close()
            desk.goto(f"{house.url}/devices")
            row = desk.get_by_role("row").filter(has_text="录播主机")
            expect(row).to_contain_text("镜头")
            accept_no_serious_finding(desk)
            keep_pictures(desk, "devices-host")
            row.get_by_role("button", name="收回钥匙").click()
            row.get_by_role("button", name="收回", exact=True).click()
            expect(desk.get_by_role("row").filter(has_text="录播主机")).to_have_count(0)
        with host("run", house, tmp_path, "--camera", camera) as refused:
            assert refused.wait(30) == 1
    with house.api("bureau") as api:
        api.post(f"/api/lessons/{lesson}/end")
