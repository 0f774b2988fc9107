"""The ICE-lite agent alone, with a clock that the test moves."""

from classroom.transport import stun
from classroom.transport.ice import CONSENT, MOST_PATHS, RETIRED, SILENT, Credentials, IceAgent, Path

THEIRS = Credentials("browser", "a-password-of-the-browser")
FIRST, SECOND = Path(0, ("192.0.2.1", 5000)), Path(0, ("192.0.2.2", 6000))
CONTROLLING = (stun.ICE_CONTROLLING, bytes(8))
NOMINATED = (stun.USE_CANDIDATE, b"")


def request(local: Credentials, *attributes: tuple[int, bytes], remote: Credentials = THEIRS) -> stun.Message:
    named = [(stun.USERNAME, f"{local.ufrag}:{remote.ufrag}".encode()), CONTROLLING, *attributes]
    return stun.parse(stun.build(stun.BINDING_REQUEST, bytes(12), named, local.password.encode()))


def test_the_first_valid_check_is_used_until_one_nominates() -> None:
    agent = IceAgent(THEIRS, 0.0)
    assert agent.check(request(agent.local), FIRST, 0.0).moved
    assert not agent.check(request(agent.local), SECOND, 0.1).moved
    assert agent.check(request(agent.local, NOMINATED), SECOND, 0.2).moved
    assert agent.selected == SECOND


def test_a_moved_peer_is_followed_without_nomination_when_its_old_path_is_silent() -> None:
    agent = IceAgent(THEIRS, 0.0)
    agent.check(request(agent.local, NOMINATED), FIRST, 0.0)
    assert not agent.check(request(agent.local), SECOND, SILENT - 1).moved
    assert agent.check(request(agent.local), SECOND, SILENT + 1).moved


def test_invalid_checks_change_nothing() -> None:
    agent = IceAgent(THEIRS, 0.0)
    wrong = Credentials(agent.local.ufrag, "not-the-password")
    for message in (request(wrong, NOMINATED), request(agent.local, NOMINATED, remote=Credentials("other", "x"))):
        verdict = agent.check(message, FIRST, 5.0)
        assert verdict.reply is not None
        assert not verdict.moved
    assert (agent.selected, agent.paths, agent.last_check) == (None, [], 0.0)


def test_consent_expires_half_a_minute_after_the_last_valid_check() -> None:
    agent = IceAgent(THEIRS, 0.0)
    agent.check(request(agent.local), FIRST, 10.0)
    assert not agent.expired(10.0 + CONSENT)
    assert agent.expired(10.1 + CONSENT)


def test_a_restart_keeps_the_old_credentials_for_a_while() -> None:
    agent = IceAgent(THEIRS, 0.0)
    old, fresh = agent.local, Credentials("browser2", "another-password-of-hers")
    agent.check(request(old, NOMINATED), FIRST, 0.0)
    new = agent.restart(fresh, 1.0)
    assert agent.ufrags == [new.ufrag, old.ufrag]
    assert agent.check(request(old), FIRST, 2.0).kind == "stun_check"
    assert agent.check(request(new, NOMINATED, remote=fresh), SECOND, 3.0).moved
    assert not agent.check(request(old, NOMINATED), FIRST, 4.0).moved
    assert not agent.retire(RETIRED)
    assert agent.retire(1.0 + RETIRED)
    assert agent.ufrags == [new.ufrag]
    assert agent.check(request(old), FIRST, 2.0 + RETIRED).kind == "stun_wrong_username"


def test_paths_are_bounded_and_the_used_one_stays() -> None:
    agent = IceAgent(THEIRS, 0.0)
    agent.check(request(agent.local, NOMINATED), FIRST, 0.0)
    for number in range(100):
        agent.check(request(agent.local), Path(0, ("198.51.100.1", 1000 + number)), number / 100)
    assert len(agent.paths) == MOST_PATHS
    assert FIRST in agent.paths


def test_what_must_be_understood_and_is_not_is_refused() -> None:
    agent = IceAgent(THEIRS, 0.0)
    verdict = agent.check(request(agent.local, (0x7FF0, b"")), FIRST, 0.0)
    assert verdict.reply is not None
    answer = stun.parse(verdict.reply)
    assert stun.read_error_code(answer.attributes[stun.ERROR_CODE]) == 420
    assert answer.attributes[stun.UNKNOWN_ATTRIBUTES] == bytes.fromhex("7ff0")


def test_credentials_are_long_and_never_the_same() -> None:
    made = [Credentials.new() for _ in range(100)]
    assert len({one.ufrag for one in made} | {one.password for one in made}) == 200
    assert all(len(one.ufrag) >= 4 and len(one.password) >= 22 for one in made)
