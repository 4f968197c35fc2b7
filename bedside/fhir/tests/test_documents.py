"""Documents come back as they were sent: digits, order, extensions."""

from __future__ import annotations

from decimal import Decimal

import pytest

from bedside.fhir.documents import read_document, write_document
from bedside.fhir.faults import DocumentRefused


@pytest.mark.parametrize(
    "digits", ["1.10", "0.0", "-3.140", "100", "1E+2", "12345678901234567890", "0.10000000000000001"]
)
def test_a_number_keeps_its_digits(digits: str) -> None:
    text = '{"resourceType":"Observation","valueQuantity":{"value":' + digits + "}}"
    assert write_document(read_document(text)) == text


def test_members_keep_their_order_and_unknown_ones_stay() -> None:
    text = '{"z":[1,{"b":null,"a":"ü\\n"}],"resourceType":"Basic","_x":{"extension":[{"url":"u","valueDecimal":2.50}]}}'
    assert write_document(read_document(text)) == text


def test_decimals_are_exact() -> None:
    assert read_document(b'{"value": 0.1}')["value"] == Decimal("0.1")


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (b"\xff{}", "UTF-8"),
        (b"{", "not JSON"),
        (b"[]", "object"),
        (b'{"a":1,"a":2}', "“a” stands twice"),
        (b'{"a":{"b":1,"b":1}}', "“b” stands twice"),
        (b'{"a":NaN}', "NaN"),
        (b'{"a":-Infinity}', "Infinity"),
        (b'{"a":' + b"[" * 200 + b"]" * 200 + b"}", "nested"),
        (b'{"a":' + b"[" * 100_000 + b"]" * 100_000 + b"}", "nested"),
        (b'{"a":' + b"9" * 5000 + b"}", "not JSON"),
    ],
)
def test_what_is_not_a_document_is_refused_with_a_reason(body: bytes, said: str) -> None:
    with pytest.raises(DocumentRefused) as caught:
        read_document(body)
    assert said in caught.value.faults[0].words
