"""The certificate `bin/run --lan` serves with: made here, for this machine's own addresses on its network.

A small authority signs it, so that a phone can be told once to trust the authority and never be asked again.
Neither is for a clinic in the open: there a real certificate ends at a proxy (docs/how-to/deploy.md).
"""

from __future__ import annotations

import ipaddress
import os
import socket
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

#: Apple refuses a server certificate that lives longer than 825 days. Source: support.apple.com/103769.
LEAF_DAYS = 390
AUTHORITY_DAYS = 3650
RENEW_DAYS_BEFORE = 30

Key = ec.EllipticCurvePrivateKey


def lan_addresses() -> list[str]:
    """Return this machine's addresses on its networks, the one it would reach the world by first."""
    found: list[str] = []
    for family, far in ((socket.AF_INET, "192.0.2.1"), (socket.AF_INET6, "2001:db8::1")):
        # Connecting a datagram socket sends nothing; it only makes the machine choose its own address.
        try:
            with socket.socket(family, socket.SOCK_DGRAM) as probe:
                probe.connect((far, 9))
                found.append(probe.getsockname()[0])
        except OSError:
            continue
    with suppress(OSError):
        found += [str(entry[4][0]) for entry in socket.getaddrinfo(socket.gethostname(), None)]
    usable = [a for a in found if not (ip := ipaddress.ip_address(a)).is_loopback and not ip.is_link_local]
    return list(dict.fromkeys(usable))


def host_names() -> list[str]:
    """Return the names this machine may be called by on its network."""
    name = socket.gethostname().split(".")[0].lower()
    return list(dict.fromkeys(["localhost", name, f"{name}.local"]))


def make_certificate(folder: Path, *, now: datetime | None = None) -> tuple[Path, Path]:
    """Return the certificate chain and key for this machine's addresses, made anew when they changed or it ages."""
    now = now or datetime.now(UTC)
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    chain, key_path = folder / "bedside.crt", folder / "bedside.key"
    names = [*host_names(), "127.0.0.1", "::1", *lan_addresses()]
    if _is_good(chain, key_path, names, now):
        return chain, key_path
    authority, authority_key = _authority(folder, now)
    key = ec.generate_private_key(ec.SECP256R1())
    leaf = (
        _builder("Bedside on this machine", authority.subject, key, now, LEAF_DAYS)
        .add_extension(x509.SubjectAlternativeName([_general_name(name) for name in names]), critical=False)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(authority_key.public_key()), critical=False)
        .sign(authority_key, hashes.SHA256())
    )
    _write_secret(key_path, _pem(key))
    pem = serialization.Encoding.PEM
    chain.write_bytes(leaf.public_bytes(pem) + authority.public_bytes(pem))
    return chain, key_path


def _is_good(chain: Path, key_path: Path, names: list[str], now: datetime) -> bool:
    if not (chain.exists() and key_path.exists()):
        return False
    leaf = x509.load_pem_x509_certificate(chain.read_bytes())
    if leaf.not_valid_after_utc < now + timedelta(days=RENEW_DAYS_BEFORE):
        return False
    held = leaf.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    return {_general_name(name) for name in names} <= set(held)


def _authority(folder: Path, now: datetime) -> tuple[x509.Certificate, Key]:
    path, key_path = folder / "authority.crt", folder / "authority.key"
    if path.exists() and key_path.exists():
        kept = x509.load_pem_x509_certificate(path.read_bytes())
        key = serialization.load_pem_private_key(key_path.read_bytes(), password=None)
        if isinstance(key, Key) and kept.not_valid_after_utc > now + timedelta(days=LEAF_DAYS):
            return kept, key
    key = ec.generate_private_key(ec.SECP256R1())
    name = f"Bedside on {socket.gethostname()}"
    made = (
        _builder(name, None, key, now, AUTHORITY_DAYS)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .sign(key, hashes.SHA256())
    )
    _write_secret(key_path, _pem(key))
    path.write_bytes(made.public_bytes(serialization.Encoding.PEM))
    return made, key


def _builder(name: str, issuer: x509.Name | None, key: Key, now: datetime, days: int) -> x509.CertificateBuilder:
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name[:64])])
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer or subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(hours=1))
        .not_valid_after(now + timedelta(days=days))
    )


def _general_name(name: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ipaddress.ip_address(name))
    except ValueError:
        return x509.DNSName(name)


def _pem(key: Key) -> bytes:
    return key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )


def _write_secret(path: Path, content: bytes) -> None:
    path.unlink(missing_ok=True)
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(content)
