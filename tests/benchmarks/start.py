"""Start pages (≤ 100 ms) and dashboards (≤ 200 ms) on the whole prefecture: the system as a user starts it, with 8,281
classrooms and a term of 40,000 lessons; every answer that the page waits for, one after the other on one connection."""

from datetime import UTC, datetime

from .api import prefecture, times
from .viewers import percentile

DAY = datetime.now(UTC).strftime("%Y-%m-%d")
START = ("/api/start", "/api/notices/unread", f"/api/lessons?day={DAY}&limit=200")
DASHBOARDS = (f"/api/reports/days/{DAY}", f"/api/reports/months/{DAY[:7]}")
PAGES = {
    "admin": (START, 100),
    "bureau": (START, 100),
    "bureau-qinglong": (START, 100),
    "teacher": (START, 100),
    "village": (START, 100),
    "hospital": (("/api/start", "/api/portal", "/api/notices/unread"), 100),
    "insurer": (("/api/start", "/api/portal", "/api/notices/unread"), 100),
    "police": (("/api/start", "/api/portal", "/api/notices/unread"), 100),
    "guardian": (("/api/start", "/api/portal", "/api/notices/unread"), 100),
}


def show() -> None:
    print("| who | what | p50 ms | p95 ms | promised |\n|---|---|--:|--:|--:|")
    with prefecture() as house:
        for who, (routes, promised) in PAGES.items():
            with house.api(who) as client:
                found = [times(client, route) for route in routes]
                whole = [sum(each) for each in zip(*found, strict=True)]
                _line(who, "start page", whole, promised)
        with house.api("bureau") as client:
            for route in DASHBOARDS:
                _line("bureau", route, times(client, route), 200)


def _line(who: str, what: str, taken: list[float], promised: int) -> None:
    p50, p95 = percentile(taken, 0.5), percentile(taken, 0.95)
    print(f"| {who} | {what} | {p50:.1f} | {p95:.1f} | {promised} |", flush=True)
