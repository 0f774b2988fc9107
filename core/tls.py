"""An own certificate authority, made once, and the server's certificate under it.

Browsers give camera and microphone to secure pages only, and no public authority certifies a school's 192.168.1.5.
"""

import ipaddress
from datetime import datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, load_pem_private_key
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

AUTHORITY_DAYS = 3650
# Apple's systems refuse server certificates that live longer than 825 days.
SERVER_DAYS = 800
RENEW_DAYS = 30


def prepare(directory: Path, names: list[str], now: datetime) -> tuple[Path, Path]:
    """The server's certificate (the authority's behind it) and key; makes what is missing, old or short of a name."""
    directory.mkdir(parents=True, exist_ok=True, mode=0o700)
    key, authority = _authority(directory, now)
    chain, server_key = directory / "server.pem", directory / "server.key"
    if not (chain.exists() and server_key.exists() and _still_good(chain, authority, names, now)):
        own = ec.generate_private_key(ec.SECP256R1())
        certificate = _server(own, key, authority, names, now)
        _write_key(server_key, own)
        chain.write_bytes(certificate.public_bytes(Encoding.PEM) + authority.public_bytes(Encoding.PEM))
    return chain, server_key


def authority_file(directory: Path) -> Path:
    return directory / "authority.pem"


def _authority(directory: Path, now: datetime) -> tuple[ec.EllipticCurvePrivateKey, x509.Certificate]:
    file, key_file = authority_file(directory), directory / "authority.key"
    if file.exists() and key_file.exists():
        key = load_pem_private_key(key_file.read_bytes(), None)
        assert isinstance(key, ec.EllipticCurvePrivateKey)
        return key, x509.load_pem_x509_certificate(file.read_bytes())
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, f"Songjiao 送教 {now:%Y-%m-%d}")])
    builder = _builder(name, name, key, now, AUTHORITY_DAYS)
    certificate = (
        builder.add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(_usage(signs_certificates=True), critical=True)
        .sign(key, SHA256())
    )
    _write_key(key_file, key)
    file.write_bytes(certificate.public_bytes(Encoding.PEM))
    return key, certificate


def _server(
    own: ec.EllipticCurvePrivateKey,
    key: ec.EllipticCurvePrivateKey,
    authority: x509.Certificate,
    names: list[str],
    now: datetime,
) -> x509.Certificate:
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, names[0][:64])])
    builder = _builder(subject, authority.subject, own, now, SERVER_DAYS)
    return (
        builder.add_extension(x509.SubjectAlternativeName([_name(one) for one in names]), critical=False)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(_usage(signs_certificates=False), critical=True)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(key.public_key()), critical=False)
        .sign(key, SHA256())
    )


def _builder(
    subject: x509.Name, issuer: x509.Name, key: ec.EllipticCurvePrivateKey, now: datetime, days: int
) -> x509.CertificateBuilder:
    """Valid from yesterday on: clocks of village machines are often slow."""
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=days))
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
    )


def _usage(*, signs_certificates: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not signs_certificates,
        key_cert_sign=signs_certificates,
        crl_sign=signs_certificates,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        encipher_only=False,
        decipher_only=False,
    )


def _name(host: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ipaddress.ip_address(host))
    except ValueError:
        return x509.DNSName(host)


def _still_good(chain: Path, authority: x509.Certificate, names: list[str], now: datetime) -> bool:
    certificate = x509.load_pem_x509_certificate(chain.read_bytes())
    covered = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    long_enough = certificate.not_valid_after_utc > now + timedelta(days=RENEW_DAYS)
    return long_enough and certificate.issuer == authority.subject and {_name(one) for one in names} <= set(covered)


def _write_key(file: Path, key: ec.EllipticCurvePrivateKey) -> None:
    file.touch(mode=0o600)
    file.write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
