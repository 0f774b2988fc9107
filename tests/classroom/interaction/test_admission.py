import time

import pytest

from classroom.interaction.admission import admit, origin_allowed, resume_after
from classroom.interaction.messages import Close
from core.tickets import Ticket, TicketSigner, TicketVerifier

from .conftest import SIGNER, ticket

VERIFIER = TicketVerifier(SIGNER.public_key)
OURS = SIGNER.sign(ticket(expires_at=time.time() + 86_400))
"""Good for as long as the tests run."""


def ask(
    headers: dict[str, str], query: dict[str, str] | None = None, lesson: str = "l1", now: float | None = None
) -> Ticket | Close:
    return admit(headers, query or {}, lesson, VERIFIER, {"https://songjiao.example"}, now or time.time())


def person(headers: dict[str, str], query: dict[str, str] | None = None) -> str:
    admitted = ask(headers, query)
    assert isinstance(admitted, Ticket)
    return admitted.person


def test_the_ticket_is_taken_from_either_header() -> None:
    assert person({"authorization": f"Bearer {OURS}"}) == "teacher"
    assert person({"sec-websocket-protocol": f"songjiao.events, {OURS}"}) == "teacher"


@pytest.mark.parametrize(
    "headers",
    [{}, {"authorization": "Bearer"}, {"authorization": f"Basic {OURS}"}, {"authorization": "Bearer a.b.c"},
     {"sec-websocket-protocol": OURS}, {"sec-websocket-protocol": f"other, {OURS}"},
     {"authorization": "Bearer " + TicketSigner("another house").sign(ticket())}],
)  # fmt: skip
def test_no_ticket_or_a_foreign_one_is_invalid(headers: dict[str, str]) -> None:
    assert ask(headers) is Close.TICKET_INVALID


def test_a_ticket_in_the_address_is_refused_even_beside_a_good_one() -> None:
    headers = {"authorization": f"Bearer {OURS}"}
    assert ask(headers, {"ticket": "x"}) is Close.TICKET_IN_ADDRESS
    assert ask(headers, {"t": OURS}) is Close.TICKET_IN_ADDRESS
    assert person(headers, {"after": "12"}) == "teacher"


def test_an_expired_ticket_and_another_lessons_have_their_own_codes() -> None:
    headers = {"authorization": f"Bearer {OURS}"}
    assert ask(headers, now=time.time() + 99_999) is Close.TICKET_EXPIRED
    assert ask(headers, lesson="l2") is Close.WRONG_LESSON


def test_pages_of_other_origins_are_refused() -> None:
    headers = {"authorization": f"Bearer {OURS}", "host": "school:8000", "origin": "https://elsewhere.example"}
    assert ask(headers) is Close.ORIGIN_REFUSED
    assert person({**headers, "origin": "http://school:8000"}) == "teacher"
    assert person({**headers, "origin": "https://songjiao.example"}) == "teacher"
    assert not origin_allowed("null", "school:8000", ())
    assert not origin_allowed("http://[broken", "school:8000", ())


@pytest.mark.parametrize(("text", "number"), [("12", 12), ("", None), ("-1", None), ("١٢", None), ("9" * 17, None)])
def test_after_is_a_plain_number_or_the_whole_state(text: str, number: int | None) -> None:
    assert resume_after({"after": text}) == number
