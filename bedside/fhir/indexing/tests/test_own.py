"""Which addresses are ours, and which only look like it."""

from __future__ import annotations

import pytest

from bedside.fhir.indexing.own import NOWHERE, OwnAddresses

OURS = OwnAddresses(["clinic.example", ".wide.example", "[::1]", "127.0.0.1", "*"], "/fhir/R4/")


@pytest.mark.parametrize(
    "address",
    [
        "https://clinic.example/fhir/R4/",
        "http://clinic.example/fhir/R4/",
        "HTTPS://Clinic.Example/fhir/R4/",
        "https://clinic.example:8443/fhir/R4/",
        "https://wide.example/fhir/R4/",
        "https://deep.er.wide.example/fhir/R4/",
        "http://[::1]:8000/fhir/R4/",
        "http://127.0.0.1:8000/fhir/R4/",
    ],
)
def test_our_address_is_taken_off_however_it_is_written(address: str) -> None:
    for named in ("Patient/ada", "Patient/ada/_history/3", "Organization/0197c0de-0000-7000-8000-000000000001"):
        assert OURS.local(address + named) == named


@pytest.mark.parametrize(
    "text",
    [
        "Patient/ada",
        "#ada",
        "",
        "urn:uuid:0197c0de-0000-7000-8000-000000000001",
        "https://other.example/fhir/R4/Patient/ada",
        "https://clinic.example.evil.example/fhir/R4/Patient/ada",
        "https://evil.example/https://clinic.example/fhir/R4/Patient/ada",
        "https://notclinic.example/fhir/R4/Patient/ada",
        "https://clinic.example@evil.example/fhir/R4/Patient/ada",
        "https://evil.example@clinic.example/fhir/R4/Patient/ada",
        "https://notwide.example/fhir/R4/Patient/ada",
        "https://127x0x0x1/fhir/R4/Patient/ada",
        "https://clinic.example/Patient/ada",
        "https://clinic.example/fhir/R5/Patient/ada",
        "https://clinic.example/fhir/R4/",
        "https://clinic.example/fhir/R4/Nonsense/ada",
        "https://clinic.example/fhir/R4/Patient?identifier=1",
        "https://clinic.example/fhir/R4/ValueSet/ages|2.0",
        "https://clinic.example/fhir/R4/https://evil.example/Patient/ada",
        "ftp://clinic.example/fhir/R4/Patient/ada",
        " https://clinic.example/fhir/R4/Patient/ada",
    ],
)
def test_what_is_not_ours_stays_as_it_stands(text: str) -> None:
    assert OURS.local(text) == text


def test_nowhere_is_ours_until_it_is_said() -> None:
    assert NOWHERE.local("https://clinic.example/fhir/R4/Patient/ada") == "https://clinic.example/fhir/R4/Patient/ada"
