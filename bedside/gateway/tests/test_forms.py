"""How things are asked and answered: forms, methods, paths. Pure tables."""

from __future__ import annotations

import json
from datetime import datetime

import pytest

from bedside.gateway.messages import Request, http_date, read_pairs
from bedside.gateway.negotiation import Form, form_of
from bedside.gateway.paging import seal, unseal
from bedside.gateway.refusals import Refused
from bedside.gateway.routing import Call, read_call


def asked(now: datetime, query: str = "", **headers: str) -> Request:
    return Request("GET", (), read_pairs(query), headers, "http://x", now)


@pytest.mark.parametrize(
    ("query", "accept", "media_type"),
    [
        ("", "", "application/fhir+json"),
        ("", "*/*", "application/fhir+json"),
        ("", "application/json", "application/json"),
        ("", "application/fhir+json; fhirVersion=4.0", "application/fhir+json"),
        ("", "application/fhir+xml, application/fhir+json;q=0.5", "application/fhir+json"),
        ("", "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8", "application/fhir+json"),
        ("_format=json", "application/fhir+xml", "application/fhir+json"),
        ("_format=application/fhir+json", "", "application/fhir+json"),
        ("_format=application/fhir%2Bjson", "", "application/fhir+json"),
        ("_format=application/json", "", "application/json"),
        ("", "application/fhir+xml", None),
        ("", "text/turtle", None),
        ("_format=xml", "", None),
        ("_format=ttl", "", None),
        ("", "application/fhir+json; fhirVersion=5.0", None),
    ],
)
def test_the_form_of_the_answer(now: datetime, query: str, accept: str, media_type: str | None) -> None:
    request = asked(now, query, accept=accept)
    if media_type is None:
        with pytest.raises(Refused) as refused:
            form_of(request)
        assert refused.value.refused_as == 406
    else:
        assert form_of(request).media_type == media_type


def test_wishes(now: datetime) -> None:
    form = form_of(asked(now, "_pretty=true", prefer="return=minimal, handling=lenient; wait=1"))
    assert (form.returns, form.handling, form.is_pretty) == ("minimal", "lenient", True)
    assert form_of(asked(now, prefer="return=everything, handling=odd")) == Form()


@pytest.mark.parametrize("value", [{}, [], {"a": []}, {"a": [1, {"b": 'x "{[:,]}" \\ y'}], "c": {}}, {"d": "é\n"}])
def test_pretty_keeps_every_meaning(value: object) -> None:
    body = json.dumps(value, separators=(",", ":"), ensure_ascii=False).encode()
    assert json.loads(Form(is_pretty=True).write(body)) == value


def test_pretty_keeps_digits_and_breaks_lines() -> None:
    assert Form(is_pretty=True).write(b'{"a":1.10,"b":[1e400]}') == b'{\n  "a": 1.10,\n  "b": [\n    1e400\n  ]\n}\n'


@pytest.mark.parametrize(
    ("method", "path", "call"),
    [
        ("GET", "Patient/1", Call("read", "Patient", "1")),
        ("HEAD", "Patient/1", Call("read", "Patient", "1")),
        ("GET", "Patient/1/_history/3", Call("vread", "Patient", "1", 3)),
        ("GET", "Patient", Call("search-type", "Patient")),
        ("POST", "Patient/_search", Call("search-type", "Patient")),
        ("POST", "_search", Call("search-system")),
        ("GET", "", Call("search-system")),
        ("POST", "", Call("batch")),
        ("DELETE", "Patient", Call("conditional-delete", "Patient")),
        ("GET", "metadata", Call("capabilities")),
        ("GET", "_history", Call("history-system")),
        ("GET", "Patient/_history", Call("history-type", "Patient")),
        ("GET", "Patient/1/$everything", Call("operation", "Patient", "1", operation="everything")),
        ("POST", "Patient/$validate", Call("operation", "Patient", operation="validate")),
        ("GET", "Patient/1/Observation", Call("search-compartment", "Observation", within=("Patient", "1"))),
        ("GET", "Patient/1/*", Call("search-compartment", within=("Patient", "1"))),
    ],
)
def test_what_a_path_means(method: str, path: str, call: Call) -> None:
    assert read_call(method, tuple(path.split("/")) if path else ()) == call


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "patient/1", 404),
        ("GET", "DomainResource/1", 404),
        ("GET", "HumanName/1", 404),
        ("GET", "Patient/a b", 404),
        ("GET", "Patient/" + "x" * 65, 404),
        ("GET", "Patient/1/_history/0", 404),
        ("GET", "Patient/1/_history/99999999999", 404),
        ("GET", "Patient/1/_history/١", 404),
        ("GET", "Patient/../Observation", 404),
        ("POST", "Patient/1", 405),
        ("PUT", "metadata", 405),
        ("DELETE", "", 405),
        ("TRACE", "Patient/1", 405),
    ],
)
def test_what_a_path_does_not_mean(method: str, path: str, status: int) -> None:
    with pytest.raises(Refused) as refused:
        read_call(method, tuple(path.split("/")) if path else ())
    assert refused.value.refused_as == status
    assert (status == 405) == ("allow" in refused.value.headers)


def test_the_word_of_a_page_tells_nothing_and_fits_one_place() -> None:
    word = seal("Patient", [[["name", "Reyes"]], "cursor"])
    assert unseal("Patient", word) == [[["name", "Reyes"]], "cursor"]
    assert "Reyes" not in word
    for path, wrong in (
        ("Observation", word),
        ("Patient", word[:-1]),
        ("Patient", ""),
        ("Patient", "!"),
        ("Patient", "é"),
    ):
        with pytest.raises(Refused):
            unseal(path, wrong)


def test_times_of_http(now: datetime) -> None:
    assert http_date(now) == "Tue, 24 Nov 2026 15:00:00 GMT"


@pytest.mark.parametrize("query", ["a=%00", "a=%ff", "&".join("a=1" for _ in range(1001)), "a=" + "x" * 40_000])
def test_queries_that_are_no_text_are_refused(query: str) -> None:
    with pytest.raises(Refused):
        read_pairs(query)
