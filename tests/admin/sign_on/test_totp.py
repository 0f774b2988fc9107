from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from admin.sign_on import totp

RFC_SECRET = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"
"""The ASCII text 12345678901234567890 of RFC 6238, appendix B, in base32."""
# The last six of the appendix's eight digits, for SHA-1.
RFC_CODES = {59: "287082", 1111111109: "081804", 1111111111: "050471", 1234567890: "005924", 2000000000: "279037"}


@pytest.mark.parametrize(("second", "code"), RFC_CODES.items())
def test_the_codes_of_the_rfcs_table(second: int, code: str) -> None:
    assert totp.step_of(RFC_SECRET, code, datetime.fromtimestamp(second, UTC), 0) == second // 30


def test_a_code_is_good_once() -> None:
    moment = datetime.fromtimestamp(1234567890, UTC)
    step = totp.step_of(RFC_SECRET, "005924", moment, 0)
    assert step is not None
    assert totp.step_of(RFC_SECRET, "005924", moment, step) is None


@given(st.integers(-120, 120))
def test_a_clock_may_be_half_a_minute_off_and_no_more(seconds: int) -> None:
    moment = datetime.fromtimestamp(1234567890 + seconds, UTC)
    near = abs(int(moment.timestamp()) // 30 - 1234567890 // 30) <= 1
    assert (totp.step_of(RFC_SECRET, "005924", moment, 0) is not None) == near


@given(st.text(max_size=40))
def test_no_text_breaks_the_reading_of_codes(typed: str) -> None:
    totp.is_digits(typed)
    totp.recovery_digest(typed)


def test_recovery_codes_are_read_as_people_type_them() -> None:
    code = totp.new_recovery_codes()[0]
    assert totp.recovery_digest(f" {code.lower().replace('-', ' ')}\n") == totp.recovery_digest(code)
    assert len({totp.recovery_digest(one) for one in totp.new_recovery_codes()}) == 10


def test_the_picture_holds_the_address() -> None:
    address = totp.address(RFC_SECRET, "bureau")
    assert address.startswith("otpauth://totp/")
    assert f"secret={RFC_SECRET}" in address
    assert totp.picture(address).startswith("data:image/svg+xml")
