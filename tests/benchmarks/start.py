"""Start pages (≤ 100 ms) and dashboards (≤ 200 ms) on the whole prefecture: the system as a user starts it, with 8,281
classrooms and a term of 40,000 lessons. A page asks for its answers at once, so each stands by itself, beside an empty
route of the same frame in the same run."""

from datetime import UTC, datetime

import httpx

from .api import bare, prefecture, times
from .viewers import percentile

DAY = datetime.now(UTC).strftime("%Y-%m-%d")
OFFICE = ("/api/start", "/api/portal", "/api/notices/unread")
BUREAU = ("/api/start", "/api/notices/unread", f"/api/reports/days/{DAY}/lessons")
SCHOOL = ("/api/start", "/api/notices/unread", f"/api/lessons?day={DAY}&limit=200")
START = {
    "bureau": BUREAU,
    "bureau-qinglong": BUREAU,
    "teacher": SCHOOL,
    "village": SCHOOL,
    "hospital": OFFICE,
    "insurer": OFFICE,
    "police": OFFICE,
    "guardian": OFFICE,
}
DASHBOARDS = (f"/api/reports/days/{DAY}", f"/api/reports/months/{DAY[:7]}")


def show() -> None:
    print("| who | what | p50 ms | p95 ms | empty route p50 | promised |\n|---|---|--:|--:|--:|--:|")
    with prefecture() as house, bare() as floor:
        for who, routes in START.items():
            with house.api(who) as client:
                for route in routes:
                    _line(who, route, client, floor, 100)
        with house.api("bureau") as client:
            for route in DASHBOARDS:
                _line("bureau", route, client, floor, 200)


def _line(who: str, route: str, client: httpx.Client, floor: httpx.Client, promised: int) -> None:
    least, taken = percentile(times(floor, "/"), 0.5), times(client, route)
    p50, p95 = percentile(taken, 0.5), percentile(taken, 0.95)
    print(f"| {who} | {route} | {p50:.1f} | {p95:.1f} | {least:.1f} | {promised} |", flush=True)
