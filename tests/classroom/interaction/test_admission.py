import time

import pytest

from classroom.interaction.admission import admit, origin_allowed, resume_after
from classroom.interaction.messages import Close
from core.tickets import TicketSigner, TicketVerifier

from .conftest import SIGNER, ticket

VERIFIER = TicketVerifier(SIGNER.public_key)
OURS = SIGNER.sign(ticket())


def ask(headers: dict, query: dict | None = None, lesson: str = "l1", now: float | None = None):
    return admit(headers, query or {}, lesson, VERIFIER, {"https://songjiao.example"}, now or time.time())


def test_the_ticket_is_taken_from_either_header():
    assert ask({"authorization": f"Bearer {OURS}"}).person == "teacher"
    assert ask({"sec-websocket-protocol": f"songjiao.events, {OURS}"}).person == "teacher"


@pytest.mark.parametrize(
    "headers",
    [{}, {"authorization": "Bearer"}, {"authorization": f"Basic {OURS}"}, {"authorization": "Bearer a.b.c"},
     {"sec-websocket-protocol": OURS}, {"sec-websocket-protocol": f"other, {OURS}"},
     {"authorization": "Bearer " + TicketSigner("another house").sign(ticket())}],
)  # fmt: skip
def test_no_ticket_or_a_foreign_one_is_invalid(headers):
    assert ask(headers) is Close.TICKET_INVALID


def test_a_ticket_in_the_address_is_refused_even_beside_a_good_one():
    headers = {"authorization": f"Bearer {OURS}"}
    assert ask(headers, {"ticket": "x"}) is Close.TICKET_IN_ADDRESS
    assert ask(headers, {"t": OURS}) is Close.TICKET_IN_ADDRESS
    assert ask(headers, {"after": "12"}).person == "teacher"


def test_an_expired_ticket_and_another_lessons_have_their_own_codes():
    headers = {"authorization": f"Bearer {OURS}"}
    assert ask(headers, now=time.time() + 9999) is Close.TICKET_EXPIRED
    assert ask(headers, lesson="l2") is Close.WRONG_LESSON


def test_pages_of_other_origins_are_refused():
    headers = {"authorization": f"Bearer {OURS}", "host": "school:8000", "origin": "https://elsewhere.example"}
    assert ask(headers) is Close.ORIGIN_REFUSED
    assert ask({**headers, "origin": "http://school:8000"}).person == "teacher"
    assert ask({**headers, "origin": "https://songjiao.example"}).person == "teacher"
    assert not origin_allowed("null", "school:8000", ())
    assert not origin_allowed("http://[broken", "school:8000", ())


@pytest.mark.parametrize(("text", "number"), [("12", 12), ("", None), ("-1", None), ("١٢", None), ("9" * 17, None)])
def test_after_is_a_plain_number_or_the_whole_state(text, number):
    assert resume_after({"after": text}) == number
