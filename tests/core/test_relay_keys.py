import pytest

from core import relay_keys
from core.errors import NotSignedIn
from core.relay_keys import RelayKey
from tests.core.test_tickets import CHECKS, SIGNER, TICKET

KEY = RelayKey("school-1", "school", None, 2000.0)


def test_a_key_comes_back_as_it_was_signed() -> None:
    assert relay_keys.verify(CHECKS, relay_keys.sign(SIGNER, KEY), 1500.0) == KEY


def test_a_key_ends() -> None:
    with pytest.raises(NotSignedIn, match="relay-key-invalid"):
        relay_keys.verify(CHECKS, relay_keys.sign(SIGNER, KEY), 2000.0)


def test_neither_a_ticket_nor_a_key_passes_for_the_other() -> None:
    with pytest.raises(NotSignedIn, match="relay-key-invalid"):
        relay_keys.verify(CHECKS, SIGNER.sign(TICKET), 1500.0)
    with pytest.raises(NotSignedIn, match="ticket-invalid"):
        CHECKS.verify(relay_keys.sign(SIGNER, KEY), 1500.0)


def test_what_nobody_signed_is_refused() -> None:
    for text in ("", "a.b.c", "x" * 300):
        with pytest.raises(NotSignedIn, match="relay-key-invalid"):
            relay_keys.verify(CHECKS, text, 1500.0)
