"""The bytes of documents: to whom, in which form, with what headers; nobody else's, none without a row in the log."""

from __future__ import annotations

import base64
from datetime import datetime
from pathlib import Path
from urllib.parse import quote
from uuid import uuid4

import pytest
from django.conf import LazySettings

from bedside.consent.models import CareRelationship
from bedside.platform.audit.models import AuditEvent
from bedside.platform.files.models import StoredFile
from bedside.platform.files.store import path_of
from bedside.visits.tests.stage import arrive

from .conftest import Api
from .test_bundles import bundle
from .test_documents import PDF, sent

pytestmark = pytest.mark.slow

FHIR = "application/fhir+json"


@pytest.fixture
def file(api: Api, now: datetime, settings: LazySettings, tmp_path: Path) -> StoredFile:
    """A PDF that Ada sent to Dr Chen."""
    settings.DATA_DIR = tmp_path
    return sent(api, arrive(api.cast, now, upto="in_call"))


def test_the_bytes_come_as_they_were_and_as_something_to_save(api: Api, file: StoredFile) -> None:
    answer = api.chen.get(f"Binary/{file.pk}")
    assert (answer.status, answer.body) == (200, PDF)
    assert answer.headers["content-type"] == "application/pdf"
    assert answer.headers["content-length"] == str(len(PDF))
    assert answer.headers["content-disposition"] == f"attachment; filename*=utf-8''{quote('Größe 測.pdf')}"
    assert answer.headers["content-security-policy"] == "sandbox; default-src 'none'; frame-ancestors 'none'"
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["cache-control"] == "private, no-store"
    head = api.chen("HEAD", f"Binary/{file.pk}")
    assert (head.status, head.body, head.headers["content-length"]) == (200, b"", str(len(PDF)))
    assert (head.headers["etag"], head.headers["content-type"]) == ('W/"1"', "application/pdf")
    same = api.chen.get(f"Binary/{file.pk}", if_none_match='W/"1"')
    assert (same.status, same.body) == (304, b"")


@pytest.mark.parametrize(
    ("accept", "is_fhir"),
    [
        (FHIR, True),
        ("application/json", True),
        ("application/json, text/plain, */*", True),
        ("application/fhir+json;q=0.9, */*;q=0.1", True),
        ("application/fhir+json; fhirVersion=4.0", True),
        ("", False),
        ("*/*", False),
        ("application/pdf", False),
        ("image/png", False),
        ("application/pdf, application/fhir+json;q=0.5", False),
        ("text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8", False),
        ("application/fhir+json;q=0, */*", False),
        ("application/fhir+json;q=much, application/pdf", False),
    ],
)
def test_what_is_accepted_first_says_whether_bytes_or_fhir(
    api: Api, file: StoredFile, accept: str, is_fhir: bool
) -> None:
    answer = api.ada.get(f"Binary/{file.pk}", accept=accept)
    assert answer.status == 200
    if is_fhir:
        assert base64.b64decode(answer.json["data"]) == PDF
    else:
        assert (answer.body, answer.headers["content-type"]) == (PDF, "application/pdf")


def test_as_a_resource_it_names_the_document_that_guards_it(api: Api, file: StoredFile) -> None:
    answer = api.ada.get(f"Binary/{file.pk}?_format=json&_pretty=true", accept="application/pdf")
    assert answer.headers["content-type"].startswith(FHIR)
    assert answer.json == {
        "resourceType": "Binary",
        "id": str(file.pk),
        "meta": {"versionId": "1", "lastUpdated": "2026-11-24T15:00:00.000Z"},
        "contentType": "application/pdf",
        "securityContext": {"reference": f"DocumentReference/{file.pk}"},
        "data": base64.b64encode(PDF).decode(),
    }
    part = api.ada.get(f"Binary/{file.pk}?_elements=contentType", accept=FHIR).json
    assert "data" not in part
    assert part["meta"]["tag"][0]["code"] == "SUBSETTED"
    assert api.ada.get(f"Binary/{file.pk}?_elements=contentType").status == 400
    assert api.ada.get(f"Binary/{file.pk}", accept="application/fhir+xml").status == 406


@pytest.mark.parametrize("who", ["ben", "eve", "diaz", "femi", "iris", "hal", "tomas"])
def test_a_file_that_is_not_yours_looks_like_none(api: Api, file: StoredFile, who: str) -> None:
    CareRelationship.objects.create(
        person_id=api.cast.id("ben"), patient_id=api.cast.id("ada"), reason="proxy", starts_at=api.now
    )
    nothing = str(uuid4())
    for accept in ("*/*", FHIR):
        hidden = api.caller(who).get(f"Binary/{file.pk}", accept=accept)
        missing = api.caller(who).get(f"Binary/{nothing}", accept=accept)
        assert hidden.status == missing.status == api.caller(who).get(f"DocumentReference/{file.pk}").status == 404
        assert hidden.body.replace(str(file.pk).encode(), b"X") == missing.body.replace(nothing.encode(), b"X")
        assert hidden.headers.keys() == missing.headers.keys()
    assert not AuditEvent.objects.filter(actor_id=api.cast.id(who), resource_type="Binary").exists()


def test_whoever_sees_the_chart_and_has_the_scope_gets_the_bytes(api: Api, file: StoredFile) -> None:
    path = f"Binary/{file.pk}"
    for who in ("ada", "chen", "gita"):
        assert api.caller(who).get(path).body == PDF
    for who, scopes, status in (
        ("ada", "patient/*.rs", 200),
        ("ada", "patient/Binary.r", 200),
        ("chen", "user/Binary.r", 200),
        ("chen", "user/DocumentReference.rs", 403),
        ("chen", "patient/*.rs", 404),
        ("eve", "user/Binary.r", 404),
    ):
        assert api.caller(who, scopes).get(path).status == status, (who, scopes)
    assert api.program("system/Binary.r").get(path).body == PDF
    assert api.program("system/DocumentReference.rs", "another").get(path).status == 403
    assert api.nobody.get(path).status == 401


@pytest.mark.parametrize("accept", ["*/*", FHIR])
def test_the_log_names_the_patient_of_every_file_that_leaves(api: Api, file: StoredFile, accept: str) -> None:
    api.chen.get(f"Binary/{file.pk}", accept=accept)
    row = AuditEvent.objects.get(kind="view", resource_type="Binary")
    assert (row.action, row.actor_id, row.patient_id, row.resource_id, row.reason) == (
        "gateway.read_resource",
        api.cast.id("chen"),
        api.cast.id("ada"),
        str(file.pk),
        "treating",
    )
    assert row.detail["shown"] == {"Binary": 1}


@pytest.mark.parametrize("harm", [lambda path: path.unlink(), lambda path: path.write_bytes(b"something else")])
def test_bytes_that_are_not_what_they_were_are_not_given(api: Api, file: StoredFile, harm: object) -> None:
    assert api.ada.get(f"Binary/{file.pk}").status == 200
    harm(path_of(file.sha256))  # type: ignore[operator]
    for accept in ("*/*", FHIR):
        answer = api.ada.get(f"Binary/{file.pk}", accept=accept)
        assert answer.status == 404
        assert "its bytes are not on our disk" in answer.words
    assert api.ada.get(f"DocumentReference/{file.pk}").status == 200


def test_what_stands_under_the_id_of_a_file_is_nobodys_to_write(api: Api, file: StoredFile) -> None:
    drawn = api.chen.get(f"DocumentReference/{file.pk}").json
    forged = {"resourceType": "Binary", "id": str(file.pk), "contentType": "text/plain", "data": "Zm9yZ2Vk"}
    for caller in (api.chen, api.lab):
        for answer in (
            caller.put(f"DocumentReference/{file.pk}", {**drawn, "status": "superseded"}),
            caller.delete(f"DocumentReference/{file.pk}"),
            caller.put(f"Binary/{file.pk}", forged),
            caller.post(
                "",
                bundle("transaction", {"resource": forged, "request": {"method": "PUT", "url": f"Binary/{file.pk}"}}),
            ),
        ):
            assert answer.status == 403, answer.body
            assert "it does not change it" in answer.words
    assert api.eve.put(f"DocumentReference/{file.pk}", drawn).status in (403, 404)
    assert api.ada.get(f"Binary/{file.pk}").body == PDF
    assert api.ada.get(f"DocumentReference/{file.pk}").json == drawn


@pytest.mark.parametrize(
    ("said", "told", "ending"),
    [
        ("text/html", "text/html", ".html"),
        ("TEXT/PLAIN; charset=latin1", "TEXT/PLAIN; charset=latin1", ".txt"),
        ("text/html, image/svg+xml", "application/octet-stream", ".bin"),
        ("whatever it is", "application/octet-stream", ".bin"),
    ],
)
def test_a_binary_that_was_stored_is_read_as_before_and_as_its_bytes(
    api: Api, said: str, told: str, ending: str
) -> None:
    made = api.lab.post("Binary", {"resourceType": "Binary", "contentType": said, "data": "PGI+aGk8L2I+"})
    assert made.status == 201, made.body
    path = f"Binary/{made.json['id']}"
    assert api.lab.get(path, accept=FHIR).json == made.json
    raw = api.lab.get(path)
    assert (raw.body, raw.headers["content-type"]) == (b"<b>hi</b>", told)
    assert raw.headers["content-disposition"] == f'attachment; filename="{made.json["id"]}{ending}"'
    assert raw.headers["content-security-policy"].startswith("sandbox")
    assert api.lab.get(path, if_none_match='W/"1"').status == 304
    assert api.ada.get(path).status == 404


def test_a_bundle_carries_no_files_and_says_where_they_are(api: Api, file: StoredFile) -> None:
    stored = api.lab.put("Binary/note", {"resourceType": "Binary", "id": "note", "contentType": "text/plain"})
    assert stored.status == 201
    asked = [{"request": {"method": "GET", "url": f"Binary/{id}"}} for id in (file.pk, "note", uuid4())]
    answers = api.lab.post("", bundle("batch", *asked)).json["entry"]
    assert [one["response"]["status"][:3] for one in answers] == ["422", "200", "404"]
    assert "by itself" in answers[0]["response"]["outcome"]["issue"][0]["details"]["text"]
    stranger = api.eve.post("", bundle("batch", asked[0])).json["entry"][0]
    assert stranger["response"]["status"] == "404"


@pytest.mark.parametrize(("path", "is_said"), [("Binary", True), ("?_type=Binary", True), ("DocumentReference", False)])
def test_a_search_for_binaries_says_that_files_are_not_among_them(
    api: Api, file: StoredFile, path: str, is_said: bool
) -> None:
    entries = api.chen.get(path).json["entry"]
    told = [entry["resource"]["issue"][0] for entry in entries if entry["search"]["mode"] == "outcome"]
    assert [one["severity"] for one in told] == ["warning"] * is_said
    assert all("found as DocumentReference" in one["details"]["text"] for one in told)
    assert "Binary" not in {entry["resource"]["resourceType"] for entry in entries}
