"""The chart's pages: who sees them, what they say in both languages, how few questions they ask."""

from __future__ import annotations

from datetime import date

import pytest
from django.test import Client
from django.urls import reverse

from bedside.accounts.models import Person
from bedside.kernel.time import utc_now
from bedside.platform.audit.models import AuditEvent
from bedside.record.commands import (
    assign_home_care,
    record_allergy,
    record_diagnosis,
    record_medicine_statement,
    record_vital,
    save_note_draft,
    sign_note,
)
from bedside.record.models import NoteDraft, NoteSignature
from bedside.record.queries import open_tasks

from .conftest import EARLIER_VISIT, VISIT, put_in_care

PANES = ["visit_note", "visit_chart", "visit_diagnoses", "visit_vitals", "visit_homecare"]


@pytest.fixture
def full(cast):
    """Ada with a chart that has something of everything, in the present day, because pages read the clock."""
    now = utc_now()
    for name in ("chen", "gita"):
        put_in_care(cast, name, now)
    ids = {"actor": cast.actor("chen"), "now": now, "patient_id": cast.ada.id}
    record_allergy(**ids, substance="penicillins", reaction="Hives", severity="moderate", onset_on=date(2019, 5, 1))
    record_diagnosis(**ids, code="I10", onset_on=date(2022, 3, 1))
    record_vital(**ids, kind="blood_pressure", value=144, second=90)
    record_vital(**ids, kind="blood_pressure", value=138, second=86)
    record_vital(**ids, kind="weight", value="81.2")
    record_medicine_statement(**ids, medicine="lisinopril 10 mg")
    save_note_draft(**ids, visit_id=EARLIER_VISIT, sections={"said": "Earlier <b>words</b>", "for_patient": "Rest."})
    sign_note(**ids, visit_id=EARLIER_VISIT)
    assign_home_care(**ids, visit_id=VISIT, plan="sinus-rinse")
    return cast


def signed_in(cast, name):
    client = Client()
    client.force_login(cast.people[name].user)
    return client


def pane(name, cast, *more):
    return reverse(f"record:{name}", args=[cast.ada.id, VISIT, *more])


def test_the_chart_tells_allergies_first(full):
    page = signed_in(full, "chen").get(reverse("record:chart", args=[full.ada.id]))
    text = page.content.decode()
    assert page.status_code == 200
    assert "chip-alarm" in text
    assert text.index("Penicillin") < text.index("High blood pressure")
    assert "138/86" in text
    assert "Earlier &lt;b&gt;words&lt;/b&gt;" in text


def test_the_chart_in_spanish(full):
    Person.objects.filter(id=full.chen.id).update(language="es")
    text = signed_in(full, "chen").get(reverse("record:chart", args=[full.ada.id])).content.decode()
    assert "Presión arterial alta" in text
    assert "Penicilina" in text


def test_people_read_their_own_chart_in_plain_words(full):
    page = signed_in(full, "ada").get(reverse("record:health"))
    text = page.content.decode()
    assert page.status_code == 200
    for words in ("Penicillin", "Lisinopril 10 mg", "High blood pressure", "138/86", "Rest."):
        assert words in text
    assert AuditEvent.objects.filter(kind="view", actor_id=full.ada.id, reason="self").exists()


def test_a_patient_is_led_from_the_chart_to_their_own_page(full):
    page = signed_in(full, "ada").get(reverse("record:chart", args=[full.ada.id]))
    assert page.url == reverse("record:health")


@pytest.mark.parametrize("who", ["diaz", "eve", "femi", "hal"])
def test_a_stranger_finds_no_page(full, who):
    client = signed_in(full, who)
    for address in [reverse("record:chart", args=[full.ada.id]), *(pane(name, full) for name in PANES)]:
        assert client.get(address).status_code == 404


@pytest.mark.parametrize("name", PANES)
def test_a_pane_is_a_page_and_a_part(full, name):
    client = signed_in(full, "chen")
    whole = client.get(pane(name, full)).content.decode()
    part = client.get(pane(name, full), headers={"HX-Request": "true"}).content.decode()
    assert "<html" in whole
    assert "folder-alerts" in whole
    assert "<html" not in part
    assert "style=" not in part


@pytest.mark.parametrize("name", [*PANES, "visit_alerts"])
def test_a_pane_asks_few_questions(full, name, django_assert_max_num_queries):
    client = signed_in(full, "chen")
    client.get(pane(name, full))
    with django_assert_max_num_queries(12):
        assert client.get(pane(name, full)).status_code == 200


def test_the_pages_ask_few_questions(full, django_assert_max_num_queries):
    for who, address in (("chen", reverse("record:chart", args=[full.ada.id])), ("ada", reverse("record:health"))):
        client = signed_in(full, who)
        client.get(address)
        with django_assert_max_num_queries(12):
            assert client.get(address).status_code == 200


def test_the_note_saves_by_itself_and_says_when(full):
    client = signed_in(full, "chen")
    typed = {"revision": "0", "template": "general", "said": "Cheek pain"}
    page = client.post(pane("save_note", full) + "?quiet=1", typed, headers={"HX-Request": "true"})
    assert "Saved" in page.content.decode()
    assert 'id="note-revision" value="1"' in page.content.decode()
    assert NoteDraft.objects.get().sections["said"] == "Cheek pain"


def test_two_tabs_show_both_versions_and_lose_neither(full):
    client = signed_in(full, "chen")
    for revision, said in (("0", "First"), ("1", "From the first tab")):
        client.post(pane("save_note", full), {"revision": revision, "template": "general", "said": said})
    page = client.post(pane("save_note", full), {"revision": "1", "template": "general", "said": "From the second tab"})
    text = page.content.decode()
    assert page.status_code == 409
    assert "From the first tab" in text
    assert "From the second tab" in text
    assert 'name="revision" id="note-revision" value="2"' in text
    assert NoteDraft.objects.get().sections["said"] == "From the first tab"


def test_a_note_is_signed_from_the_screen_once(full):
    client = signed_in(full, "chen")
    typed = {"revision": "0", "template": "respiratory", "said": "Cheek pain", "for_patient": "Sinus infection."}
    for _ in range(2):
        assert client.post(pane("sign_note", full), typed).status_code == 302
    sealed = NoteSignature.objects.get(visit_id=VISIT)
    text = client.get(pane("visit_note", full)).content.decode()
    assert "Signed by Lin Chen" in text
    added = {"text": "The right cheek."}
    client.post(pane("add_addendum", full, sealed.note_id), added)
    assert "The right cheek." in client.get(pane("visit_note", full)).content.decode()


def test_an_empty_note_is_refused_in_words(full):
    page = signed_in(full, "chen").post(pane("sign_note", full), {"revision": "0", "template": "general"})
    assert page.status_code == 422
    assert "There is nothing in this note yet" in page.content.decode()


def test_a_null_byte_is_refused_and_the_rest_is_still_on_the_screen(full):
    typed = {"revision": "0", "template": "general", "said": "kept words", "plan": "a\x00b"}
    page = signed_in(full, "chen").post(pane("save_note", full), typed)
    assert page.status_code == 422
    assert "kept words" in page.content.decode()


def test_a_diagnosis_is_searched_and_added(full):
    client = signed_in(full, "chen")
    found = client.get(pane("find_diagnoses", full), {"q": "sinusitis"}).content.decode()
    assert "J01.90" in found
    client.post(pane("visit_diagnoses", full), {"code": "J01.90", "certainty": "provisional"})
    client.post(pane("visit_diagnoses", full), {"code": "J01.90", "certainty": "confirmed"})
    text = client.get(pane("visit_diagnoses", full)).content.decode()
    assert text.count('<span class="num">J01.90</span>') == 1
    assert "Confirmed" in text
    assert client.post(pane("visit_diagnoses", full), {"code": "nonsense"}).status_code == 422


def test_a_nurse_sees_the_pane_and_cannot_diagnose(full):
    client = signed_in(full, "gita")
    assert client.get(pane("visit_diagnoses", full)).status_code == 200
    assert client.post(pane("visit_diagnoses", full), {"code": "J01.90"}).status_code == 403
    assert AuditEvent.objects.filter(kind="refusal", actor_id=full.gita.id).count() == 1


def test_values_are_written_all_or_none(full):
    client = signed_in(full, "chen")
    wrong = {"heart_rate": "72", "temperature": "98.6"}
    page = client.post(pane("visit_vitals", full), wrong)
    assert page.status_code == 422
    assert 'value="72"' in page.content.decode()
    assert client.post(pane("visit_vitals", full), wrong | {"temperature": "37.1"}).status_code == 302
    assert "37.1" in client.get(pane("visit_vitals", full)).content.decode()


def test_an_allergy_is_picked_and_recorded(full):
    client = signed_in(full, "chen")
    assert "Sulfa antibiotics" in client.get(pane("find_substances", full), {"q": "sulfa"}).content.decode()
    form = client.get(pane("find_substances", full), {"substance": "sulfonamide_antibiotics"}).content.decode()
    assert "Sulfa antibiotics" in form
    client.post(pane("visit_allergies", full), {"substance": "sulfonamide_antibiotics", "reaction": "Rash"})
    assert "Sulfa antibiotics" in client.get(pane("visit_alerts", full)).content.decode()
    bad = client.post(pane("visit_allergies", full), {"substance": "egg", "reaction": "Rash", "onset_on": "2090-01-01"})
    assert bad.status_code == 422
    assert 'value="Rash"' in bad.content.decode()


def test_home_care_is_shown_before_it_is_given_and_ticked_by_the_patient(full):
    doctor, patient = signed_in(full, "chen"), signed_in(full, "ada")
    assert "Gargle" in doctor.get(pane("visit_homecare", full), {"plan": "sore-throat"}).content.decode()
    assert doctor.post(pane("visit_homecare", full), {"plan": "sore-throat"}).status_code == 302
    task = open_tasks(actor=full.actor("ada"), patient_id=full.ada.id, now=utc_now())[0]
    patient.post(reverse("record:complete_task", args=[task.id]), {"next": "https://evil.example/"})
    assert task.id not in {t.id for t in open_tasks(actor=full.actor("ada"), patient_id=full.ada.id, now=utc_now())}
    page = patient.post(reverse("record:undo_task", args=[task.id]), {"next": "/health/"})
    assert page.url == "/health/"
    assert signed_in(full, "eve").post(reverse("record:complete_task", args=[task.id])).status_code == 404
