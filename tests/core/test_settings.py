from pathlib import Path

import pytest

from core.errors import StartError
from core.settings import (
    ALL,
    DataSettings,
    RelaySettings,
    RelaysSettings,
    SecretSettings,
    StoreSettings,
    WebSettings,
    known_variables,
    load,
)


@pytest.fixture(autouse=True)
def _no_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in known_variables():
        monkeypatch.delenv(name, raising=False)


def test_the_defaults_are_those_of_the_contract() -> None:
    web, relay, data = load(WebSettings), load(RelaySettings), load(DataSettings)
    assert (web.host, web.port) == ("127.0.0.1", 8000)
    assert (relay.port, relay.media_port, relay.media_addresses) == (8001, 8189, ["127.0.0.1"])
    assert data.data == Path("var")
    assert relay.max_sessions_per_ticket >= 1000


def test_the_contracts_variables_exist() -> None:
    names = "HOST PORT RELAY_PORT MEDIA_PORT DATA DATABASE_URL REDIS_URL S3_ENDPOINT S3_ACCESS_KEY S3_SECRET_KEY"
    wanted = {f"SONGJIAO_{name}" for name in f"{names} MEDIA_ADDRESSES SECRET_KEY".split()}
    assert wanted <= known_variables()


def test_an_option_wins_over_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SONGJIAO_PORT", "9000")
    assert load(WebSettings).port == 9000
    assert load(WebSettings, port=9001).port == 9001
    assert load(WebSettings, port=None).port == 9000


def test_a_relay_listens_where_the_house_does_unless_told_otherwise(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SONGJIAO_HOST", "10.0.0.1")
    assert load(RelaySettings).host == "10.0.0.1"
    monkeypatch.setenv("SONGJIAO_RELAY_HOST", "10.0.0.2")
    assert load(RelaySettings).host == "10.0.0.2"


def test_lists_and_pairs_are_written_with_commas(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SONGJIAO_MEDIA_ADDRESSES", "192.0.2.1, 2001:db8::1")
    monkeypatch.setenv("SONGJIAO_RELAYS", "a=https://a.test:1, b=https://b.test")
    assert load(RelaySettings).media_addresses == ["192.0.2.1", "2001:db8::1"]
    assert load(RelaysSettings).relays == {"a": "https://a.test:1", "b": "https://b.test"}


def test_an_empty_variable_counts_as_unset(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SONGJIAO_SECRET_KEY", "")
    assert load(SecretSettings).secret_key is None


def test_a_secret_is_read_from_its_file(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    file = tmp_path / "key"
    file.write_text("a key of some length\n")
    monkeypatch.setenv("SONGJIAO_SECRET_KEY_FILE", str(file))
    assert load(SecretSettings).secret_key == "a key of some length"


def test_only_secrets_may_be_files() -> None:
    assert "SONGJIAO_S3_SECRET_KEY_FILE" in known_variables()
    assert "SONGJIAO_PORT_FILE" not in known_variables()


@pytest.mark.parametrize(
    ("kind", "variable", "value", "sentence"),
    [
        (
            WebSettings,
            "SONGJIAO_PORT",
            "x",
            "SONGJIAO_PORT is 'x', but: input should be a valid integer",
        ),
        (WebSettings, "SONGJIAO_PUBLIC_URL", "school.cn", "SONGJIAO_PUBLIC_URL is 'school.cn', but: an address"),
        (
            RelaysSettings,
            "SONGJIAO_RELAYS",
            "http://x",
            "SONGJIAO_RELAYS is 'http://x', but: it is written",
        ),
        (
            StoreSettings,
            "SONGJIAO_S3_ENDPOINT",
            "x:9",
            "SONGJIAO_S3_ENDPOINT is 'x:9', but: an address",
        ),
    ],
)
def test_a_wrong_value_is_named_in_one_sentence(
    kind: type, variable: str, value: str, sentence: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(variable, value)
    with pytest.raises(StartError) as raised:
        load(kind)
    assert str(raised.value).startswith(sentence)
    assert "\n" not in str(raised.value)


def test_a_wrong_option_is_named_as_it_was_typed() -> None:
    with pytest.raises(StartError, match=r"^--media-port is 99999, but: "):
        load(RelaySettings, media_port=99999)


def test_a_wrong_secret_is_never_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SONGJIAO_SECRET_KEY", "tooshort")
    with pytest.raises(StartError) as raised:
        load(SecretSettings)
    assert "tooshort" not in str(raised.value)


def test_no_class_of_settings_grows_large() -> None:
    assert max(len(kind.model_fields) for kind in ALL) <= 12
