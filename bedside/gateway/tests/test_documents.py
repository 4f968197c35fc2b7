"""Documents through the API: what was sent in a visit and the letter after it, found as DocumentReference."""

from __future__ import annotations

import base64
import hashlib
import io
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from django.conf import LazySettings

from bedside.accounts.models import Person
from bedside.consent.models import CareRelationship
from bedside.fhir.models import Resource, ResourceVersion
from bedside.platform.access import system_actor
from bedside.platform.files.models import StoredFile
from bedside.record.commands import sign_note
from bedside.visits import commands
from bedside.visits.jobs import keep_letter, keep_letters
from bedside.visits.models import ChatMessage, Visit
from bedside.visits.tests.stage import arrive

from .conftest import Api

pytestmark = pytest.mark.slow

PDF = b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\ntrailer<<>>\n%%EOF\n"
HOUSE = system_actor("visits.keep_letter")


@pytest.fixture(autouse=True)
def _own_folder(settings: LazySettings, tmp_path: Path) -> None:
    settings.DATA_DIR = tmp_path


@pytest.fixture
def visit(api: Api, now: datetime) -> Visit:
    """Ada's visit with Dr Chen, in the call."""
    return arrive(api.cast, now, upto="in_call")


def sent(api: Api, visit: Visit, *, who: str = "ada", content: bytes = PDF, name: str = "Größe 測.pdf") -> StoredFile:
    """Somebody sends a file in the chat of the visit."""
    file = added(api, visit, who=who, content=content, name=name)
    commands.send_chat_message(
        actor=api.cast.actor(who), now=api.now, visit_id=visit.pk, client_id=uuid4(), body="", attachment_id=file.pk
    )
    return file


def added(api: Api, visit: Visit, *, who: str = "ada", content: bytes = PDF, name: str = "a.pdf") -> StoredFile:
    """Somebody adds a file to what they are about to send."""
    return commands.attach_file(
        actor=api.cast.actor(who), now=api.now, visit_id=visit.pk, stream=io.BytesIO(content), name=name
    )


def over_and_signed(api: Api, visit: Visit) -> Visit:
    """The visit ends and Dr Chen signs her note."""
    chen = {"actor": api.cast.actor("chen"), "now": api.now}
    commands.end_visit(**chen, visit_id=visit.pk)
    sections = {"said": "Pain", "found": "Tender", "assessment": "ABRS", "plan": "Abx", "for_patient": "Rest."}
    sign_note(**chen, patient_id=api.cast.id("ada"), visit_id=visit.pk, sections=sections)
    return visit


def sha1(content: bytes) -> str:
    return base64.b64encode(hashlib.sha1(content, usedforsecurity=False).digest()).decode()


def test_what_was_sent_in_a_visit_is_a_document_that_names_its_bytes(api: Api, visit: Visit) -> None:
    file = sent(api, visit)
    found = api.ada.get(f"DocumentReference/{file.pk}").json
    ada, at = f"Patient/{api.cast.id('ada')}", "2026-11-24T15:00:00.000Z"
    assert found["status"] == "current"
    assert (found["subject"], found["author"]) == ({"reference": ada}, [{"reference": ada}])
    assert found["date"] == at
    assert found["type"]["coding"][0]["code"] == "UNK"
    assert found["type"]["text"] == found["description"] == "Document sent in the chat of a visit"
    assert found["category"][0]["coding"][0]["code"] == "sent-in-visit"
    assert found["custodian"] == {"reference": f"Organization/{api.cast.clinic.pk}"}
    assert found["content"] == [
        {
            "attachment": {
                "contentType": "application/pdf",
                "url": f"Binary/{file.pk}",
                "size": len(PDF),
                "hash": sha1(PDF),
                "title": "Größe 測.pdf",
                "creation": at,
            }
        }
    ]
    assert found["context"] == {"encounter": [{"reference": f"Encounter/{visit.pk}"}], "period": {"start": at}}


def test_its_author_is_who_sent_it(api: Api, visit: Visit) -> None:
    cast = api.cast
    commands.invite_participant(
        actor=cast.actor("chen"), now=api.now, visit_id=visit.pk, person_id=cast.id("ben"), role="family"
    )
    for who, author in (
        ("chen", {"reference": f"Practitioner/{cast.id('chen')}", "display": cast.chen.full_name}),
        ("ben", {"display": cast.ben.full_name}),
    ):
        file = sent(api, visit, who=who)
        assert api.ada.get(f"DocumentReference/{file.pk}").json["author"] == [author]


def test_it_is_found_by_what_it_is(api: Api, visit: Visit) -> None:
    file = sent(api, visit)
    ada, id = api.cast.id("ada"), str(file.pk)
    for asked in (
        "",
        "&status=current",
        "&category=sent-in-visit",
        "&type=UNK",
        "&date=2026-11-24",
        "&period=ge2026-11-24",
        f"&encounter=Encounter/{visit.pk}",
        f"&author=Patient/{ada}",
        "&contenttype=application/pdf",
        f"&encounter.participant=Practitioner/{api.cast.id('chen')}",
    ):
        assert api.chen.get(f"DocumentReference?patient={ada}{asked}").ids == [id], asked
    for asked in ("&status=superseded", "&category=clinical-note", "&type=34133-9", "&date=lt2026-11-24"):
        assert api.chen.get(f"DocumentReference?patient={ada}{asked}").ids == [], asked
    brought = api.chen.get(f"DocumentReference?_id={id}&_include=DocumentReference:encounter")
    assert brought.ids == [id, str(visit.pk)]
    assert api.chen.get(f"DocumentReference/$docref?patient={ada}&start=2026-11-24&end=2026-11-25").ids == [id]
    assert id in api.chen.get(f"Patient/{ada}/$everything").ids
    assert api.chen.get(f"Patient/{ada}/$everything?_type=DocumentReference").ids[0] == id
    assert api.chen.get(f"Patient/{ada}/DocumentReference").ids == [id]
    assert api.diaz.get(f"DocumentReference?patient={ada}").ids == []


def test_what_was_added_and_not_sent_is_no_document(api: Api, visit: Visit) -> None:
    file = added(api, visit)
    for path in ("DocumentReference/{}", "Binary/{}"):
        assert api.ada.get(path.format(file.pk)).status == 404
    assert not Resource.objects.filter(type="DocumentReference").exists()


def test_nothing_is_drawn_twice_and_the_end_of_the_visit_once_more(api: Api, visit: Visit) -> None:
    file = sent(api, visit)
    path = f"DocumentReference/{file.pk}"
    assert api.ada.get(path).headers["etag"] == 'W/"1"'
    sent(api, visit, who="chen")
    StoredFile.objects.filter(pk=file.pk).update(created_at=api.now)
    Visit.objects.filter(pk=visit.pk).update(mode="voice")
    assert api.ada.get(path).headers["etag"] == 'W/"1"'
    commands.end_visit(actor=api.cast.actor("chen"), now=api.now, visit_id=visit.pk)
    assert api.ada.get(path).json["context"]["period"]["end"] == "2026-11-24T15:00:00.000Z"
    assert ResourceVersion.objects.filter(type="DocumentReference").count() == 2 + 2


def test_a_file_that_is_taken_back_leaves_a_document_that_is_gone(api: Api, visit: Visit) -> None:
    first, second = sent(api, visit), sent(api, visit, content=PDF + b"\n")
    assert api.ada.get(f"Binary/{first.pk}").status == api.ada.get(f"Binary/{second.pk}").status == 200
    StoredFile.objects.filter(pk=first.pk).delete()
    ChatMessage.objects.filter(attachment_id=second.pk).delete()
    for file in (first, second):
        assert api.ada.get(f"DocumentReference/{file.pk}").status == 410
        assert api.ada.get(f"Binary/{file.pk}").status == 404
        assert api.eve.get(f"DocumentReference/{file.pk}").status == 404
    assert api.ada.get(f"DocumentReference?patient={api.cast.id('ada')}").ids == []


# --- The letter ------------------------------------------------------------------------------------------------
def letter_of(visit: Visit) -> StoredFile:
    return StoredFile.objects.get(source_type="visit_letter", source_id=visit.pk)


def test_the_letter_is_kept_when_the_visit_is_over_and_signed(api: Api, visit: Visit) -> None:
    Person.objects.filter(pk=api.cast.id("ada")).update(language="es")
    keep_letter(actor=HOUSE, now=api.now, visit_id=str(visit.pk))
    assert not StoredFile.objects.exists()
    over_and_signed(api, visit)
    for _ in range(2):
        keep_letter(actor=HOUSE, now=api.now, visit_id=str(visit.pk))
    file = letter_of(visit)
    found = api.ada.get(f"DocumentReference?type=http://loinc.org|34133-9&patient={api.cast.id('ada')}")
    assert found.ids == [str(file.pk)]
    drawn: dict[str, Any] = found.json["entry"][0]["resource"]
    attachment = drawn["content"][0]["attachment"]
    assert (drawn["docStatus"], drawn["category"][0]["coding"][0]["code"]) == ("final", "clinical-note")
    assert drawn["author"][0]["reference"] == f"Practitioner/{api.cast.id('chen')}"
    assert (attachment["language"], attachment["title"]) == ("es", "visit-2026-11-24-es.pdf")
    content = api.ada.get(f"Binary/{file.pk}").body
    assert content.startswith(b"%PDF-")
    assert (attachment["size"], attachment["hash"]) == (len(content), sha1(content))
    assert api.eve.get(f"Binary/{file.pk}").status == 404


def test_the_letter_stays_as_it_was_when_the_chart_goes_on(api: Api, visit: Visit) -> None:
    keep_letter(actor=HOUSE, now=api.now, visit_id=str(over_and_signed(api, visit).pk))
    path = f"Binary/{letter_of(visit).pk}"
    before = api.ada.get(path).body
    Person.objects.filter(pk=api.cast.id("ada")).update(family_name="Ortiz", language="es")
    keep_letters(actor=HOUSE, now=api.now + timedelta(days=1))
    assert api.ada.get(path).body == before


def test_letters_that_are_owed_are_kept_by_the_clock_each_once(api: Api, visit: Visit) -> None:
    assert keep_letters(actor=HOUSE, now=api.now) == 0
    over_and_signed(api, visit)
    assert [keep_letters(actor=HOUSE, now=api.now) for _ in range(2)] == [1, 0]
    assert CareRelationship.objects.filter(patient_id=api.cast.id("ada")).exists()
    assert api.chen.get(f"DocumentReference?encounter=Encounter/{visit.pk}").ids == [str(letter_of(visit).pk)]


def test_the_statement_says_how_documents_are_read(api: Api) -> None:
    stated = {one["type"]: one for one in api.nobody.get("metadata").json["rest"][0]["resource"]}
    assert "application/fhir+json" in stated["Binary"]["documentation"]
    assert "Binary/[id]" in stated["DocumentReference"]["documentation"]
    assert "DocumentReference:encounter" in stated["DocumentReference"]["searchInclude"]
    assert {"code": "read"} in stated["Binary"]["interaction"]
    assert "documentation" not in stated["Observation"]
