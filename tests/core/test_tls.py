import ssl
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509

from core import tls
from core.install_page import page

NOW = datetime(2026, 11, 22, tzinfo=UTC)
NAMES = ["192.168.1.5", "2001:db8::5", "school-server", "localhost"]


def certificate(file: Path) -> x509.Certificate:
    return x509.load_pem_x509_certificate(file.read_bytes())


def test_the_certificate_is_made_once(tmp_path: Path) -> None:
    first = [file.read_bytes() for file in tls.prepare(tmp_path, NAMES, NOW)]
    assert [file.read_bytes() for file in tls.prepare(tmp_path, NAMES[:2], NOW)] == first


def test_a_new_name_gets_a_new_certificate_of_the_same_authority(tmp_path: Path) -> None:
    chain, _ = tls.prepare(tmp_path, NAMES, NOW)
    authority, before = tls.authority_file(tmp_path).read_bytes(), certificate(chain).serial_number
    tls.prepare(tmp_path, [*NAMES, "10.0.0.9"], NOW)
    assert certificate(chain).serial_number != before
    assert tls.authority_file(tmp_path).read_bytes() == authority


def test_it_is_renewed_before_it_ends(tmp_path: Path) -> None:
    chain, _ = tls.prepare(tmp_path, NAMES, NOW)
    before = certificate(chain).not_valid_after_utc
    tls.prepare(tmp_path, NAMES, before - timedelta(days=10))
    assert certificate(chain).not_valid_after_utc > before


def test_browsers_limits_are_kept(tmp_path: Path) -> None:
    made = certificate(tls.prepare(tmp_path, NAMES, NOW)[0])
    assert made.not_valid_after_utc - made.not_valid_before_utc <= timedelta(days=825)


@pytest.mark.parametrize("name", NAMES)
def test_a_client_that_trusts_the_authority_accepts_each_name(name: str, tmp_path: Path) -> None:
    chain, key = tls.prepare(tmp_path, NAMES, datetime.now(UTC))
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server.load_cert_chain(chain, key)
    client = ssl.create_default_context(cafile=tls.authority_file(tmp_path))
    shake_hands(client, server, name)
    with pytest.raises(ssl.SSLCertVerificationError):
        shake_hands(client, server, "other.example")


def test_keys_are_readable_by_their_owner_only(tmp_path: Path) -> None:
    tls.prepare(tmp_path, NAMES, NOW)
    assert {file.stat().st_mode & 0o077 for file in tmp_path.glob("*.key")} == {0}


def test_the_install_page_shows_the_fingerprint_and_loads_nothing_from_elsewhere(tmp_path: Path) -> None:
    tls.prepare(tmp_path, NAMES, NOW)
    text = page(certificate(tls.authority_file(tmp_path)))
    assert "安装证书" in text
    assert "Install a certificate" in text
    assert "//" not in text


def shake_hands(client: ssl.SSLContext, server: ssl.SSLContext, name: str) -> None:
    up, down = ssl.MemoryBIO(), ssl.MemoryBIO()
    asking = client.wrap_bio(down, up, server_hostname=name)
    answering = server.wrap_bio(up, down, server_side=True)
    for side in (asking, answering, asking, answering):
        try:
            side.do_handshake()
        except ssl.SSLWantReadError:
            continue
