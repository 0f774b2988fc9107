import base64
import json
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.errors import NotSignedIn
from core.tickets import Ticket, TicketSigner, TicketVerifier, verifier

SIGNER = TicketSigner("one secret key of the house")
CHECKS = TicketVerifier(SIGNER.public_key)
TICKET = Ticket(
    person="p",
    name="王老师",
    lesson="l",
    stage="live",
    role="teacher",
    room=None,
    room_name=None,
    publish=("teacher", "board", "voice"),
    watch=True,
    human=True,
    takeover=False,
    max_sessions=10,
    issued_at=1000.0,
    expires_at=2000.0,
    id="t",
)


def test_a_ticket_comes_back_as_it_was_signed() -> None:
    assert CHECKS.verify(SIGNER.sign(TICKET), 1500.0) == TICKET


def test_a_ticket_ends_at_its_second() -> None:
    text = SIGNER.sign(TICKET)
    assert CHECKS.verify(text, 1999.9)
    with pytest.raises(NotSignedIn, match="ticket-expired"):
        CHECKS.verify(text, 2000.0)


def test_a_ticket_from_the_future_is_refused_beyond_what_clocks_differ() -> None:
    text = SIGNER.sign(TICKET)
    assert CHECKS.verify(text, 980.0)
    with pytest.raises(NotSignedIn, match="ticket-expired"):
        CHECKS.verify(text, 900.0)


def test_another_houses_ticket_is_refused() -> None:
    with pytest.raises(NotSignedIn, match="ticket-invalid"):
        CHECKS.verify(TicketSigner("another secret key entirely").sign(TICKET), 1500.0)


def test_changing_a_ticket_breaks_it() -> None:
    head, _, signature = SIGNER.sign(TICKET).split(".")
    other = SIGNER.sign(replace(TICKET, takeover=True)).split(".")[1]
    with pytest.raises(NotSignedIn, match="ticket-invalid"):
        CHECKS.verify(f"{head}.{other}.{signature}", 1500.0)


@pytest.mark.parametrize("algorithm", ["none", "HS256"])
def test_a_ticket_cannot_choose_a_weaker_signature(algorithm: str) -> None:
    head = base64.urlsafe_b64encode(json.dumps({"alg": algorithm}).encode()).rstrip(b"=").decode()
    _, body, signature = SIGNER.sign(TICKET).split(".")
    with pytest.raises(NotSignedIn, match="ticket-invalid"):
        CHECKS.verify(f"{head}.{body}.{signature}", 1500.0)


@given(st.text(max_size=200) | st.binary(max_size=100).map(lambda raw: base64.urlsafe_b64encode(raw).decode()))
def test_anything_else_is_refused_and_never_crashes(text: str) -> None:
    with pytest.raises(NotSignedIn, match="ticket-invalid"):
        CHECKS.verify(text, 1500.0)


def test_a_relay_needs_the_public_key_only() -> None:
    assert verifier(None, SIGNER.public_key).verify(SIGNER.sign(TICKET), 1500.0) == TICKET
    with pytest.raises(ValueError, match="neither"):
        verifier(None, None)
