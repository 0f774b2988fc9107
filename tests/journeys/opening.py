"""A lesson of the published timetable whose time has come, and the film that its room plays until the teacher does."""

import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import imageio_ffmpeg
import psycopg

from tests.house import House
from tests.journeys.links import until
from tests.resources.library import WORDS

LESSON = (
    "UPDATE lessons SET starts_at = starts_at + %(by)s, ends_at = ends_at + %(by)s, over_at = over_at + %(by)s"
    " WHERE id = %(id)s"
)
HELD = ("lesson_rooms", "lesson_teachers", "lesson_holds")
"""Rooms and people keep the new time as well: the database's own rules hold for it."""


@contextmanager
def brought_to(house: House, lesson: str, seconds: int) -> Iterator[None]:
    """The lesson begins so many seconds from now, and is over at the end: bells ring in school hours, tests at any."""
    address = house.process_of("web").environ()["SONGJIAO_DATABASE_URL"]
    with psycopg.connect(address.replace("+psycopg", "")) as database:
        row = database.execute(
            "SELECT now() + make_interval(secs => %s) - starts_at FROM lessons WHERE id = %s", (seconds, lesson)
        ).fetchone()
        assert row
        moved = {"by": row[0], "id": lesson}
        database.execute(LESSON, moved)
        for table in HELD:
            held = "tstzrange(lower(held) + %(by)s, upper(held) + %(by)s)"
            database.execute(f"UPDATE {table} SET held = {held} WHERE lesson_id = %(id)s", moved)
    try:
        yield
    finally:
        with house.api("bureau") as api:
            api.post(f"/api/lessons/{lesson}/end").raise_for_status()


def published_film(house: House, folder: Path) -> str:
    """A film of ten seconds in the library, seen by all; its id."""
    path = folder / "fallback.mp4"
    source, sound = "testsrc2=size=640x360:rate=10:duration=10", "sine=duration=10"
    command = [imageio_ffmpeg.get_ffmpeg_exe(), "-loglevel", "error", "-f", "lavfi", "-i", source]
    command += ["-f", "lavfi", "-i", sound, "-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv420p"]
    subprocess.run([*command, "-c:a", "aac", str(path)], check=True)
    data = path.read_bytes()
    with house.api("bureau") as api:
        about = WORDS | {"filename": path.name, "size": len(data), "title": "摇船调（备用）", "subject": "音乐"}
        upload = api.post("/api/uploads", json=about | {"scope": "public"}).raise_for_status().json()
        (part,) = api.post(f"/api/uploads/{upload['id']}/parts", json={"parts": [{"number": 1}]}).json()["items"]
        httpx.put(part["url"], content=data).raise_for_status()
        api.post(f"/api/uploads/{upload['id']}/complete", json={}).raise_for_status()
        own = str(upload["resource_id"])
        until(lambda: api.get(f"/api/resources/{own}").json()["stage"] == "playable", 40, house.words)
        api.post(f"/api/resources/{own}/hand-in")
        api.post(f"/api/resources/{own}/publish").raise_for_status()
    return own


def name_film(house: House, term: str, course: str, film: str) -> None:
    """In the plan, for every class of the course."""
    with house.api("bureau") as api:
        found = api.get("/api/delivery-courses", params={"term": term}).json()["items"]
        (own,) = [one for one in found if one["id"] == course]
        seats = [
            {"class_id": one["in_class"]["id"], "assistant_id": (one["assistant"] or {}).get("id"), "fallback_id": film}
            for one in own["seats"]
        ]
        body = {"version": own["version"], "seats": seats}
        api.put(f"/api/delivery-courses/{course}/seating", json=body).raise_for_status()
