"""The pages: import files, settle results that wait. Each for those who may, and not there for anyone else."""

from __future__ import annotations

import io
import json

import pytest
from django.urls import reverse

from bedside.intake.commands import receive_message
from bedside.intake.hl7v2.tests.samples import message, order, value
from bedside.intake.models import HeldResult, ImportRun
from bedside.platform.access import system_actor
from bedside.platform.jobs.inline import run_waiting

from .imports import stored
from .test_imports import FILE, as_ada, bundle, weight

pytestmark = pytest.mark.django_db


def chosen(document, name="records.json"):
    """Return a file as a browser sends it."""
    sent = io.BytesIO(document if isinstance(document, bytes) else json.dumps(document).encode())
    sent.name = name
    return sent


def give(client, *documents, source="Hillside Hospital", **more):
    return client.post("/import/", {"files": [chosen(one) for one in documents], "source": source, **more})


@pytest.mark.parametrize(
    ("who", "status"),
    [("femi", 200), ("chen", 200), ("gita", 200), ("ada", 404), ("tomas", 404), ("hal", 404), (None, 302)],
)
@pytest.mark.parametrize("path", ["/import/", "/results/waiting/"])
def test_the_pages_are_for_those_who_run_the_clinic_and_for_clinicians(client, cast, who, status, path):
    if who:
        client.force_login(getattr(cast, who).user)
    assert client.get(path).status_code == status


def test_a_file_is_looked_through_shown_stored_and_its_chart_is_a_link(client, cast, now):
    client.force_login(cast.femi.user)
    answer = give(client, FILE, treating=str(cast.chen.id))
    assert answer.status_code == 302
    page = answer.url
    assert "Looking through the files" in client.get(page).content.decode()
    run_waiting(now=now)
    html = client.get(page).content.decode()
    assert "Nia Okafor" in html
    assert "Lin Chen will treat the patients." in html
    assert "Store them" in html
    assert stored("Observation") == []
    run = ImportRun.objects.get()
    client.post(reverse("intake:store", args=[run.group_id]))
    assert "Storing, 0" in client.get(page).content.decode()
    run_waiting(now=now)
    html = client.get(page).content.decode()
    person = stored("Patient")[0]["id"]
    assert f"/patients/{person}/chart/" in html
    assert "Hillside Hospital" in client.get("/import/").content.decode()
    assert 'id="import"' in client.get(page, headers={"HX-Request": "true"}).content.decode()


def test_who_a_patient_is_is_asked_on_the_page_and_until_then_nothing_is_stored(client, cast, now):
    client.force_login(cast.femi.user)
    page = give(client, bundle(as_ada(), weight())).url
    run_waiting(now=now)
    html = client.get(page).content.decode()
    assert "Is Ada Reyes, March 9, 1985" in html
    assert "Store them" not in html
    run = ImportRun.objects.get()
    refused = client.post(reverse("intake:store", args=[run.group_id]))
    assert refused.status_code == 409
    assert "Say first who every patient" in refused.content.decode()
    client.post(reverse("intake:decide", args=[run.group_id, run.id, 1]), {"choice": "same"})
    client.post(reverse("intake:store", args=[run.group_id]))
    run_waiting(now=now)
    assert stored("Observation")[0]["subject"]["reference"] == f"Patient/{cast.ada.id}"


def test_what_will_not_be_taken_is_said_before_and_after(client, cast, now):
    client.force_login(cast.femi.user)
    page = give(client, bundle(weight(patient="Patient/99")), b"name,born\nAda,1985\nBen,1957\n").url
    run_waiting(now=now)
    html = client.get(page).content.decode()
    assert "It is about someone who is neither in the file nor known here." in html
    assert "It is a table. Ask for FHIR, C-CDA or HL7 v2." in html
    client.post(reverse("intake:drop", args=[ImportRun.objects.first().group_id]))
    assert set(ImportRun.objects.values_list("state", flat=True)) == {"dropped", "failed"}


def test_a_form_without_files_or_a_source_keeps_what_was_typed(client, cast):
    client.force_login(cast.femi.user)
    answer = client.post("/import/", {"source": "Hillside Hospital"})
    assert answer.status_code == 422
    assert "Choose at least one file." in answer.content.decode()
    assert 'value="Hillside Hospital"' in answer.content.decode()
    assert give(client, FILE, source=" ").status_code == 422


def test_the_import_of_another_is_not_there_for_a_colleague(client, cast):
    client.force_login(cast.chen.user)
    page = give(client, FILE).url
    client.force_login(cast.diaz.user)
    assert client.get(page).status_code == 404
    client.force_login(cast.femi.user)
    assert client.get(page).status_code == 200


def test_a_result_that_waits_is_given_to_its_patient_on_the_page(client, cast, now):
    receive_message(actor=system_actor("intake.file_result"), now=now, raw=message(order(), value()), door="line")
    held = HeldResult.objects.get()
    client.force_login(cast.femi.user)
    assert "Glucose" in client.get("/results/waiting/").content.decode()
    html = client.get(f"/results/waiting/{held.id}/").content.decode()
    assert "105 mg/dL" in html
    assert "Ada Reyes" in html
    assert "Eve Novak" in client.get(f"/results/waiting/{held.id}/?q=novak").content.decode()
    client.post(reverse("intake:match", args=[held.id]), {"person": str(cast.ada.id)})
    assert stored("Observation")[0]["subject"]["reference"] == f"Patient/{cast.ada.id}"
    assert "Filed for Ada Reyes." in client.get("/results/waiting/").content.decode()


def test_a_result_that_is_nobodys_needs_a_reason_on_the_page(client, cast, now):
    receive_message(actor=system_actor("intake.file_result"), now=now, raw=message(order(), value()), door="line")
    held = HeldResult.objects.get()
    client.force_login(cast.gita.user)
    client.post(reverse("intake:take", args=[held.id]))
    assert "Gita Rao" in client.get(f"/results/waiting/{held.id}/").content.decode()
    assert client.post(reverse("intake:match", args=[held.id]), {"person": str(cast.ada.id)}).status_code == 403
    assert client.post(reverse("intake:reject", args=[held.id]), {"note": "no"}).status_code == 422
    assert client.post(reverse("intake:reject", args=[held.id]), {"note": "Not our patient."}).status_code == 302
    assert "Not our patient." in client.get("/results/waiting/").content.decode()


def test_the_pages_ask_the_same_number_of_questions_however_much_there_is(
    client, cast, now, django_assert_max_num_queries
):
    client.force_login(cast.femi.user)
    for number in range(12):
        content = message(order(filler=f"F{number}"), value(), id=f"C{number}")
        receive_message(actor=system_actor("intake.file_result"), now=now, raw=content, door="line")
    give(client, *[FILE] * 8)
    with django_assert_max_num_queries(12):
        client.get("/import/")
    with django_assert_max_num_queries(12):
        client.get("/results/waiting/")
