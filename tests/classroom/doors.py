"""Offers for the doors' tests, and a client that speaks HTTP as pages and encoders do."""

from pathlib import Path

import httpx

from core.tickets import Ticket
from tests.classroom.conftest import RunningRelay

OFFERS = Path(__file__).parent / "transport" / "offers"
SDP = {"Content-Type": "application/sdp"}
FRAGMENT = {"Content-Type": "application/trickle-ice-sdpfrag"}


def offer(name: str) -> str:
    return (OFFERS / f"{name}.sdp").read_bytes().decode()


class Client:
    """Every request carries `ticket`; `code(response)` checks that a refusal is a whole problem document."""

    def __init__(self, relay: RunningRelay, ticket: Ticket) -> None:
        self.relay = relay
        self.http = httpx.Client(headers={"Authorization": f"Bearer {relay.sign(ticket)}"}, timeout=5)

    def whip(self, text: str | bytes = "", lesson: str = "lesson-1", query: str = "", **headers: str) -> httpx.Response:
        content = text or offer("chromium-publisher")
        return self.http.post(self.relay.whip(lesson) + query, content=content, headers={**SDP, **headers})

    def whep(self, text: str | bytes = "", lesson: str = "lesson-1", query: str = "", **headers: str) -> httpx.Response:
        content = text or offer("chromium-viewer")
        return self.http.post(self.relay.whep(lesson) + query, content=content, headers={**SDP, **headers})

    def patch(self, url: str, ufrag: str, password: str, match: str | None) -> httpx.Response:
        lines = [f"a=ice-ufrag:{ufrag}", f"a=ice-pwd:{password}", "m=audio 9 UDP/TLS/RTP/SAVPF 0", "a=mid:0"]
        body = "\r\n".join([*lines, "a=end-of-candidates", ""])
        headers = FRAGMENT if match is None else {**FRAGMENT, "If-Match": match}
        return self.http.patch(url, content=body, headers=headers)


def code(response: httpx.Response) -> tuple[int, str]:
    assert response.headers["content-type"] == "application/problem+json", response.text
    document = response.json()
    assert document["status"] == response.status_code
    assert document["detail_zh"]
    assert document["detail_en"]
    return response.status_code, document["code"]


def credentials(sdp: str) -> tuple[str, str]:
    lines = sdp.splitlines()
    ufrag = next(line for line in lines if line.startswith("a=ice-ufrag:"))
    password = next(line for line in lines if line.startswith("a=ice-pwd:"))
    return ufrag.split(":", 1)[1], password.split(":", 1)[1]
