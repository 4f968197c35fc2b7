"""The certificate of bin/run --lan: good for this machine's addresses, made again when they change or it ages."""

import ipaddress
from datetime import UTC, datetime, timedelta

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec

from bedside.config import certificates

NOW = datetime(2026, 11, 24, 15, 0, tzinfo=UTC)


@pytest.fixture
def at_home(monkeypatch):
    monkeypatch.setattr(certificates, "lan_addresses", lambda: ["192.168.1.5", "fd00::5"])
    monkeypatch.setattr(certificates, "host_names", lambda: ["localhost", "desk", "desk.local"])


def read(path):
    return x509.load_pem_x509_certificates(path.read_bytes())


def test_it_names_every_address_and_is_signed_by_the_authority(tmp_path, at_home):
    chain, key = certificates.make_certificate(tmp_path / "tls", now=NOW)
    leaf, authority = read(chain)
    names = leaf.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    assert set(names.get_values_for_type(x509.DNSName)) == {"localhost", "desk", "desk.local"}
    assert ipaddress.ip_address("192.168.1.5") in names.get_values_for_type(x509.IPAddress)
    assert ipaddress.ip_address("fd00::5") in names.get_values_for_type(x509.IPAddress)
    leaf.verify_directly_issued_by(authority)
    assert leaf.not_valid_after_utc - leaf.not_valid_before_utc < timedelta(days=825)
    assert not leaf.extensions.get_extension_for_class(x509.BasicConstraints).value.ca
    assert isinstance(leaf.public_key(), ec.EllipticCurvePublicKey)
    assert key.stat().st_mode & 0o777 == 0o600
    assert (tmp_path / "tls").stat().st_mode & 0o777 == 0o700
    assert (tmp_path / "tls/authority.key").stat().st_mode & 0o777 == 0o600


def test_it_is_kept_while_it_is_good(tmp_path, at_home):
    first = certificates.make_certificate(tmp_path, now=NOW)[0].read_bytes()
    assert certificates.make_certificate(tmp_path, now=NOW + timedelta(days=300))[0].read_bytes() == first


def test_a_phone_that_trusts_the_authority_keeps_trusting_when_the_address_changes(tmp_path, at_home, monkeypatch):
    chain, _ = certificates.make_certificate(tmp_path, now=NOW)
    first, authority = read(chain)
    monkeypatch.setattr(certificates, "lan_addresses", lambda: ["10.0.0.9"])
    second, same = read(certificates.make_certificate(tmp_path, now=NOW)[0])
    assert second.serial_number != first.serial_number
    assert same == authority


def test_it_is_made_again_before_it_ends(tmp_path, at_home):
    chain, _ = certificates.make_certificate(tmp_path, now=NOW)
    first = read(chain)[0]
    later = NOW + timedelta(days=certificates.LEAF_DAYS - 10)
    assert (
        read(certificates.make_certificate(tmp_path, now=later)[0])[0].not_valid_after_utc > first.not_valid_after_utc
    )


def test_this_machine_is_never_called_by_loopback():
    assert not any(ipaddress.ip_address(one).is_loopback for one in certificates.lan_addresses())
