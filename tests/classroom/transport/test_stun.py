"""STUN against the test vectors of RFC 5769, and against nonsense."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from classroom.transport import stun

# RFC 5769 section 2.1: software, priority, ICE-CONTROLLED, user name "evtj:h6vY"
REQUEST = bytes.fromhex(
    "000100582112a442b7e7a701bc34d686fa87dfae802200105354554e207465737420636c69656e74002400046e0001ff"
    "80290008932ff9b151263b36000600096576746a3a68367659202020000800149aeaa70cbfd8cb56781ef2b5b2d3f249c1b571a2"
    "80280004e57a3bcf"
)
# RFC 5769 sections 2.2 and 2.3: 192.0.2.1 and 2001:db8:1234:5678:11:2233:4455:6677, port 32853
RESPONSE_4 = bytes.fromhex(
    "0101003c2112a442b7e7a701bc34d686fa87dfae8022000b7465737420766563746f7220002000080001a147e112a643"
    "000800142b91f599fd9e90c38c7489f92af9ba53f06be7d780280004c07d4c96"
)
RESPONSE_6 = bytes.fromhex(
    "010100482112a442b7e7a701bc34d686fa87dfae8022000b7465737420766563746f7220002000140002a1470113a9faa5d3f179"
    "bc25f4b5bed2b9d900080014a382954e4be67bf11784c97c8292c275bfe3ed4180280004c8fb0b4c"
)
PROTECTED = len(REQUEST) - 8
PASSWORD = b"VOkJxbRl1RmTxUk/WvJxBt"


@pytest.mark.parametrize("vector", [REQUEST, RESPONSE_4, RESPONSE_6])
def test_the_vectors_are_authentic(vector: bytes) -> None:
    message = stun.parse(vector)
    assert stun.authentic(message, PASSWORD)
    assert not stun.authentic(message, PASSWORD + b"x")
    assert message.transaction == bytes.fromhex("b7e7a701bc34d686fa87dfae")


def test_the_vectors_values_are_read() -> None:
    assert stun.parse(REQUEST).attributes[stun.USERNAME] == b"evtj:h6vY"
    for vector, host in ((RESPONSE_4, "192.0.2.1"), (RESPONSE_6, "2001:db8:1234:5678:11:2233:4455:6677")):
        message = stun.parse(vector)
        value = message.attributes[stun.XOR_MAPPED_ADDRESS]
        assert stun.read_xor_address(value, message.transaction) == (host, 32853)
        assert stun.xor_address(host, 32853, message.transaction) == value


def test_attributes_after_the_integrity_are_not_believed() -> None:
    base = stun.build(stun.BINDING_REQUEST, bytes(12), [(stun.USERNAME, b"a:b")], b"key")[:-8]
    smuggled = base + bytes.fromhex("00250000")
    message = stun.parse(smuggled[:2] + (len(smuggled) - 20).to_bytes(2, "big") + smuggled[4:])
    assert stun.authentic(message, b"key")
    assert stun.USE_CANDIDATE not in message.attributes


def test_unknown_attributes_that_must_be_understood_are_told() -> None:
    text = stun.build(stun.BINDING_REQUEST, bytes(12), [(0x7FF0, b"x"), (0xC001, b"y")])
    assert stun.parse(text).unknown == [0x7FF0]


@given(st.binary(max_size=200))
def test_nonsense_is_refused_by_valueerror_only(data: bytes) -> None:
    try:
        message = stun.parse(data)
    except ValueError:
        return
    assert len(message.raw) == len(data)


@given(st.integers(0, PROTECTED - 1), st.integers(1, 255))
def test_no_changed_byte_before_the_fingerprint_passes(at: int, mask: int) -> None:
    changed = bytearray(REQUEST)
    changed[at] ^= mask
    try:
        message = stun.parse(bytes(changed))
    except ValueError:
        return
    assert not stun.authentic(message, PASSWORD)


@given(st.lists(st.tuples(st.sampled_from([0x0006, 0x8022, 0xC001]), st.binary(max_size=40)), max_size=4), st.binary())
def test_what_is_built_is_read(attributes: list[tuple[int, bytes]], password: bytes) -> None:
    message = stun.parse(stun.build(stun.BINDING_SUCCESS, bytes(12), attributes, password))
    assert stun.authentic(message, password)
    for name, value in dict(reversed(attributes)).items():
        assert message.attributes[name] == value


@given(st.ip_addresses(), st.integers(0, 65535), st.binary(min_size=12, max_size=12))
def test_addresses_survive(address: object, port: int, transaction: bytes) -> None:
    value = stun.xor_address(str(address), port, transaction)
    host, read = stun.read_xor_address(value, transaction)
    assert stun.xor_address(host, read, transaction) == value
    assert read == port
