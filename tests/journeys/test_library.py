"""The library in Chromium, against the whole house: a teacher sends a film, closes the tab half-way, goes on; the
worker makes it playable; the bureau publishes it; a village teacher finds it by two characters and watches it."""

import re
import subprocess
from pathlib import Path

import imageio_ffmpeg
import pytest
from playwright.sync_api import Browser, FilePayload, Page, expect

from tests.house import House
from tests.journeys import third_party
from tests.journeys.desk import opened, sign_in

PICTURES = Path(__file__).parents[2] / "artefacts" / "library"
SECONDS = 12
PLAYED = "() => document.querySelector('video').currentTime > 1 && document.querySelector('video').videoWidth > 0"
HEARD = """() => { const one = document.querySelector('video')
  return one.src.includes('/audio/') && one.playbackRate === 1.25 && !one.paused && one.currentTime > 1 }"""
CAPTION = "今晚的月亮是什么样？"
CAPTIONED = """(words) => [...document.querySelector('video').textTracks]
  .some((one) => one.mode === 'showing' && one.activeCues?.[0]?.text === words)"""
SEEN = "() => document.querySelector('video').getVideoPlaybackQuality().totalVideoFrames > 10"


@pytest.fixture(scope="module")
def film(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Noise, so that it is larger than one part."""
    made = tmp_path_factory.mktemp("film") / "yuexiang.mp4"
    source = f"testsrc2=size=1280x720:rate=15:duration={SECONDS},noise=alls=60:allf=t"
    sound = f"sine=frequency=440:duration={SECONDS}"
    command = [imageio_ffmpeg.get_ffmpeg_exe(), "-loglevel", "error", "-f", "lavfi", "-i", source]
    command += ["-f", "lavfi", "-i", sound, "-c:v", "libx264", "-preset", "ultrafast", "-b:v", "8M", "-g", "30"]
    subprocess.run([*command, "-pix_fmt", "yuv420p", "-c:a", "aac", str(made)], check=True)
    assert made.stat().st_size > 8 * 1024 * 1024
    return made


def fill_in(page: Page, film: Path) -> None:
    page.goto(page.url.split("/signin")[0].rstrip("/") + "/library/upload")
    page.locator(".sheet input[type=file]").set_input_files(film)
    page.get_by_label("题目").fill("月相变化的规律（录像）")
    page.get_by_label("单元").fill("第三单元 太阳、地球和月球")


def send_half(page: Page, film: Path) -> None:
    """The second part never gets through: the tab is closed as it tries."""
    page.route(re.compile(r"partNumber=2"), lambda route: route.abort())
    fill_in(page, film)
    with page.expect_response(re.compile(r"partNumber=1")) as first:
        page.get_by_role("button", name="上传这个文件").click()
    assert first.value.ok
    expect(page.locator(".now")).to_be_visible()


def go_on(page: Page, film: Path) -> str:
    """What is left of it is offered; only the second part is sent. Returns the resource's address."""
    parts: list[str] = []
    page.on("request", lambda request: parts.append(request.url) if "partNumber" in request.url else None)
    page.goto(page.url.split("/library")[0] + "/library/upload")
    page.locator(".again input[type=file]").first.set_input_files(film)
    expect(page.get_by_text("文件已收到，正在检查。")).to_be_visible()
    assert {re.search(r"partNumber=(\d+)", one)[1] for one in parts} == {"2"}  # type: ignore[index]
    page.get_by_role("link", name="看这份资源").click()
    expect(page.locator("video")).to_be_visible()
    return page.url


def add_captions(page: Page) -> None:
    vtt = f"WEBVTT\n\n00:00.000 --> 00:{SECONDS}.000\n{CAPTION}\n".encode()
    file = FilePayload(name="zimu.vtt", mimeType="text/vtt", buffer=vtt)
    page.get_by_label("添加字幕").set_input_files(file)
    expect(page.get_by_role("button", name="字幕")).to_be_visible()


def test_a_film_is_sent_made_playable_found_and_played(house: House, chromium: Browser, film: Path) -> None:
    PICTURES.mkdir(parents=True, exist_ok=True)
    with opened(chromium, house) as page:
        sign_in(page, "teacher")
        expect(page.get_by_role("link", name="资源", exact=True)).to_be_visible()
        send_half(page, film)
        page.screenshot(path=PICTURES / "upload.png")
        page.unroute_all(behavior="ignoreErrors")
        address = go_on(page, film)
        add_captions(page)
        page.get_by_role("button", name="交审核").click()
        expect(page.get_by_role("button", name="撤回")).to_be_visible()
    with house.api("bureau") as bureau:
        resource = address.rsplit("/", 1)[1]
        assert bureau.post(f"/api/resources/{resource}/publish").status_code == 200
    with opened(chromium, house) as page:
        sign_in(page, "village")
        expect(page.get_by_role("link", name="资源", exact=True)).to_be_visible()
        watch(page, house)
    with opened(chromium, house, size="phone") as page:
        sign_in(page, "village")
        expect(page.get_by_role("link", name="资源", exact=True)).to_be_visible()
        page.goto(address)
        expect(page.get_by_text("接着看")).to_be_visible()
        page.screenshot(path=PICTURES / "resource-360.png")
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
        hear_alone(page, house, resource)


def hear_alone(page: Page, house: House, resource: str) -> None:
    """Faster, and without the picture, which a thin line is spared."""
    with house.api("village") as api:
        third_party.until(lambda: "audio/mp4" in api.get(f"/api/resources/{resource}").text, 60, house.words)
    page.reload()
    page.get_by_role("button", name="速度 1×").click()
    page.get_by_role("button", name="只听").click()
    page.get_by_role("button", name="播放").click()
    page.wait_for_function(HEARD)


def watch(page: Page, house: House) -> None:
    page.goto(f"{house.url}/library?q=月相")
    expect(page.get_by_role("link", name="月相变化的规律（录像）")).to_be_visible()
    page.screenshot(path=PICTURES / "library.png")
    page.get_by_role("link", name="月相变化的规律（录像）").click()
    page.wait_for_function("() => document.querySelector('video')?.readyState > 1")
    page.locator(".pl").focus()
    page.keyboard.press("Space")
    page.wait_for_function(PLAYED)
    page.wait_for_function(SEEN)
    page.get_by_role("button", name="字幕").click()
    page.wait_for_function(CAPTIONED, arg=CAPTION)
    expect(page.get_by_role("button", name="关字幕")).to_be_visible()
    page.locator(".pl").focus()
    page.keyboard.press("ArrowRight")
    page.wait_for_function("() => document.querySelector('video').currentTime > 5.5")
    page.get_by_role("button", name="暂停").click()
    page.get_by_role("button", name=re.compile("写一条")).click()
    page.get_by_label("评课内容").fill("画面清楚。")
    page.get_by_role("button", name="记下").click()
    expect(page.get_by_text("画面清楚。")).to_be_visible()
    page.screenshot(path=PICTURES / "resource.png")
