"""C2: 10,000 bracelets with one fix a minute, on the system as a user starts it: how long the gateway waits for a
minute's fixes, what looking at a track costs when the table has grown, and what the minute's look at all fences."""

import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import httpx
import psycopg

from core.ids import new_id
from tests.house import House, running

from .viewers import percentile

BRACELETS, MINUTES, BATCH = 10_000, 20, 1_000
STRONG = "Shouhuan-gateway-7401"
PER_MINUTE = BRACELETS // BATCH
WATCH = """
import asyncio, time
from admin.companions.bracelets import actions
from core.clock import now
from core.connections import open_connections
async def run():
    async with open_connections() as ground:
        async with ground.transaction() as session:
            begun = time.perf_counter()
            found = await actions.watch(session, now())
            print(found, (time.perf_counter() - begun) * 1000)
asyncio.run(run())
"""


def show() -> None:
    with tempfile.TemporaryDirectory() as data, running(Path(data), "--demo") as house:
        children = _people(house)
        with _gateway(house) as gateway:
            minutes, requests = _minutes(gateway)
        looks = _looks(house, children)
        told = subprocess.run(
            [sys.executable, "-c", WATCH],
            env=house.process_of("web").environ(),
            capture_output=True,
            text=True,
            check=True,
        )
        raised, watched = told.stdout.split()
    print("| what | p50 | p95 |\n|---|--:|--:|")
    _line(f"a minute's {BRACELETS:,} fixes in {PER_MINUTE} requests, s", minutes, 2)
    _line(f"one request of {BATCH:,} fixes, ms", requests, 0)
    _line(f"a day's track with {BRACELETS * MINUTES:,} fixes kept, ms", looks, 1)
    print(
        f"\n{BRACELETS:,} fences against the newest fixes: {float(watched):.0f} ms, {raised} alerts raised", flush=True
    )
    share = percentile(minutes, 0.95) / 60
    print(f"a minute's fixes take {share:.1%} of the minute (p95)", flush=True)


def _line(what: str, taken: list[float], places: int) -> None:
    print(f"| {what} | {percentile(taken, 0.5):.{places}f} | {percentile(taken, 0.95):.{places}f} |", flush=True)


def _people(house: House) -> list[UUID]:
    """Children with bracelets, consents and a fence each, straight into the tables."""
    url = house.process_of("web").environ()["SONGJIAO_DATABASE_URL"]
    children = [new_id() for _ in range(BRACELETS)]
    moment = datetime.now(UTC)
    with psycopg.connect(url) as connection, connection.cursor() as cursor:
        known = "SELECT place_id, guardian_id FROM bracelet_children LIMIT 1"
        place, guardian = cursor.execute(known).fetchone() or (None, None)
        kept = (place, 1, moment)
        rows: dict[str, list[tuple[Any, ...]]] = {
            "people (id, name, language)": [(child, f"孩子 {n}", "zh") for n, child in enumerate(children)],
            "guardianships (id, guardian_id, child_id, relation, confirmed_by, since)": [
                (new_id(), guardian, child, "监护人", guardian, moment) for child in children
            ],
            "consents (id, child_id, guardian_id, purpose, wording, given_at)": [
                (new_id(), child, guardian, "bracelet", "2026-11", moment) for child in children
            ],
            "bracelet_children (id, person_id, name, born, guardian_id, place_id, version, created_at)": [
                (child, child, f"孩子 {n}", "2018-01-15", guardian, *kept) for n, child in enumerate(children)
            ],
            "bracelets (id, number, child_id, place_id, version, created_at)": [
                (new_id(), f"BENCH-{n:05d}", child, *kept) for n, child in enumerate(children)
            ],
            "bracelet_fences (id, child_id, kind, name, lat, lon, radius, begins, ends)": [
                (new_id(), child, "home", "家", 25.03, 104.89, 200, "00:00", "23:59:59") for child in children
            ],
        }
        for table, lines in rows.items():
            with cursor.copy(f"COPY {table} FROM STDIN") as copy:
                for line in lines:
                    copy.write_row(line)
    return children


@contextmanager
def _gateway(house: House) -> Iterator[httpx.Client]:
    with house.api("admin") as admin:
        place = admin.get("/api/organisations", params={"q": "兴义市"}).json()["items"][0]
        role = {"role": "gateway", "organisation_id": place["id"]}
        body = {"name": "手环网关", "username": "bench-gateway", "password": STRONG, "roles": [role]}
        admin.post("/api/people", json=body).raise_for_status()
    headers = {"Authorization": f"Bearer {house.token('bench-gateway', STRONG)}"}
    with httpx.Client(base_url=house.url, headers=headers, timeout=60) as client:
        yield client


def _minutes(gateway: httpx.Client) -> tuple[list[float], list[float]]:
    """Each minute's fixes, one minute after the other without waiting for the clock."""
    begins = datetime.now(UTC) - timedelta(minutes=MINUTES)
    minutes, requests = [], []
    for minute in range(MINUTES):
        at = (begins + timedelta(minutes=minute + 1)).isoformat()
        for batch in range(PER_MINUTE):
            body = {"fixes": [_fix(at, batch * BATCH + n, minute) for n in range(BATCH)]}
            begun = time.perf_counter()
            answer = gateway.post("/api/bracelets/fixes", json=body)
            requests.append((time.perf_counter() - begun) * 1000)
            assert answer.json() == {"kept": BATCH, "dropped": 0}, answer.text
        minutes.append(sum(requests[-PER_MINUTE:]) / 1000)
    return minutes, requests


def _fix(at: str, number: int, minute: int) -> dict[str, Any]:
    spot = {"lat": 25.03 + number / 1e6, "lon": 104.89 + minute / 1e4}
    return {"number": f"BENCH-{number:05d}", "at": at, "accuracy": 12.0, "source": "gps"} | spot


def _looks(house: House, children: list[UUID]) -> list[float]:
    """By the guardian, who has consented; each look writes its audit entry too."""
    taken = []
    with house.api("guardian") as guardian:
        for child in children[:: len(children) // 100]:
            begun = time.perf_counter()
            guardian.get(f"/api/bracelets/tracks/{child}").raise_for_status()
            taken.append((time.perf_counter() - begun) * 1000)
    return taken
