"""Notes: two tabs never lose text, a signature is for ever, corrections are addenda."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import DatabaseError, connection, transaction

from bedside.fhir.commands import ResourceGone
from bedside.fhir.queries import get_resource, history
from bedside.kernel.errors import NotFound
from bedside.platform.audit.models import AuditEvent
from bedside.record.commands import (
    NoteAlreadySigned,
    NoteChanged,
    NoteEmpty,
    add_addendum,
    record_medicine_statement,
    record_vital,
    save_note_draft,
    sign_note,
)
from bedside.record.guard import NotYoursToWrite
from bedside.record.models import NoteDraft, NoteSignature
from bedside.record.queries import find_draft, is_note_intact, visit_record
from bedside.record.rules import TextMissing, TextTooLong, TextUnreadable

from .conftest import EARLIER_VISIT, VISIT

TEXT = {"said": "Pain in the cheek for 11 days", "plan": "Doxycycline", "for_patient": "You have a sinus infection."}


@pytest.fixture
def ids(care, now):
    return {"actor": care.actor("chen"), "now": now, "patient_id": care.ada.id, "visit_id": VISIT}


def test_a_draft_is_saved_and_only_its_author_sees_it(care, ids):
    draft = save_note_draft(**ids, sections=TEXT)
    assert draft.revision == 1
    assert (
        find_draft(actor=care.actor("chen"), visit_id=VISIT, patient_id=care.ada.id).sections["plan"] == "Doxycycline"
    )
    assert find_draft(actor=care.actor("gita"), visit_id=VISIT, patient_id=care.ada.id) is None


def test_saving_the_same_text_again_changes_nothing(ids):
    save_note_draft(**ids, sections=TEXT)
    assert save_note_draft(**ids, sections=TEXT, revision=1).revision == 1
    assert save_note_draft(**ids, sections=TEXT, revision=0).revision == 1


def test_two_tabs_never_overwrite_each_other(ids):
    save_note_draft(**ids, sections=TEXT)
    save_note_draft(**ids, sections=TEXT | {"plan": "From the first tab"}, revision=1)
    with pytest.raises(NoteChanged):
        save_note_draft(**ids, sections=TEXT | {"plan": "From the second tab"}, revision=1)
    assert NoteDraft.objects.get().sections["plan"] == "From the first tab"
    kept = save_note_draft(**ids, sections=TEXT | {"plan": "Both"}, revision=2)
    assert kept.revision == 3


def test_a_signed_note_is_stored_hashed_and_intact(care, ids, now):
    save_note_draft(**ids, sections=TEXT)
    sealed = sign_note(**ids, revision=1)
    assert is_note_intact(note_id=sealed.note_id)
    record = visit_record(actor=care.actor("ada"), visit_id=VISIT, patient_id=care.ada.id, now=now)
    assert record.note.section("said") == TEXT["said"]
    assert record.words_for_patient == TEXT["for_patient"]
    assert record.note.author == "Lin Chen"
    assert not NoteDraft.objects.exists()
    assert AuditEvent.objects.get(action="record.sign_note").detail == {"sha256": sealed.sha256}


def test_signing_twice_gives_the_first_signature_back(ids):
    save_note_draft(**ids, sections=TEXT)
    first = sign_note(**ids, revision=1)
    again = sign_note(**ids, revision=1)
    assert again.note_id == first.note_id
    assert NoteSignature.objects.count() == 1


def test_a_signed_note_takes_no_more_writing(ids):
    save_note_draft(**ids, sections=TEXT)
    sign_note(**ids)
    with pytest.raises(NoteAlreadySigned):
        save_note_draft(**ids, sections=TEXT | {"plan": "Something else"}, revision=1)
    with pytest.raises(NoteAlreadySigned):
        sign_note(**ids)


def test_what_is_signed_is_what_was_on_the_screen(ids):
    save_note_draft(**ids, sections=TEXT)
    save_note_draft(**ids, sections=TEXT | {"plan": "Changed elsewhere"}, revision=1)
    with pytest.raises(NoteChanged):
        sign_note(**ids, revision=1)
    assert not NoteSignature.objects.exists()


def test_an_empty_note_cannot_be_signed(ids):
    with pytest.raises(NoteEmpty):
        sign_note(**ids)
    save_note_draft(**ids, sections={"said": "   "})
    with pytest.raises(NoteEmpty):
        sign_note(**ids)


@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE note_signature SET sha256 = ''",
        "DELETE FROM note_signature",
        "UPDATE fhir_resource SET body = '{}' WHERE type = 'Composition'",
        "DELETE FROM fhir_resource WHERE type = 'Composition'",
    ],
)
def test_the_database_refuses_to_touch_a_signed_note(ids, sql):
    save_note_draft(**ids, sections=TEXT)
    sealed = sign_note(**ids)
    with pytest.raises(DatabaseError, match="never change"), transaction.atomic():
        connection.cursor().execute(sql)
    assert is_note_intact(note_id=sealed.note_id)


def test_an_addendum_stands_under_the_note_and_leaves_it_as_it_was(care, ids, now):
    save_note_draft(**ids, sections=TEXT)
    sealed = sign_note(**ids)
    before = history(type="Composition", id=sealed.note_id)
    later = now + timedelta(days=2)
    added = add_addendum(
        actor=care.actor("chen"),
        now=later,
        patient_id=care.ada.id,
        note_id=sealed.note_id,
        text="She means the right cheek.",
    )
    assert history(type="Composition", id=sealed.note_id) == before
    record = visit_record(actor=care.actor("chen"), visit_id=VISIT, patient_id=care.ada.id, now=later)
    assert record.note.id == sealed.note_id
    assert [addendum.section("addendum") for addendum in record.note.addenda] == ["She means the right cheek."]
    assert is_note_intact(note_id=added.note_id)


def test_an_addendum_to_nothing_or_of_nothing_is_refused(care, ids, now):
    with pytest.raises(ResourceGone):
        add_addendum(actor=care.actor("chen"), now=now, patient_id=care.ada.id, note_id=VISIT, text="x")
    save_note_draft(**ids, sections=TEXT)
    sealed = sign_note(**ids)
    with pytest.raises(TextMissing):
        add_addendum(actor=care.actor("chen"), now=now, patient_id=care.ada.id, note_id=sealed.note_id, text=" ")


@pytest.mark.parametrize(
    ("text", "refusal"), [("a\x00b", TextUnreadable), ("\x1b[31m", TextUnreadable), ("long " * 5000, TextTooLong)]
)
def test_text_that_cannot_be_kept_is_refused_and_the_draft_stays(ids, text, refusal):
    save_note_draft(**ids, sections=TEXT)
    with pytest.raises(refusal):
        save_note_draft(**ids, sections=TEXT | {"found": text}, revision=1)
    assert NoteDraft.objects.get().sections["found"] == ""


@pytest.mark.parametrize(
    "text",
    [
        "x" * 10_000,
        "ما يقوله المريض\n\nثلاثة أيام",
        "👩🏽‍⚕️ 🤒 38 °C",
        '<script>alert(1)</script> & "quotes"',
        "a\n\n\nb",
    ],
)
def test_long_foreign_and_pictured_text_comes_back_as_typed(care, ids, now, text):
    save_note_draft(**ids, sections={"said": text})
    sign_note(**ids)
    record = visit_record(actor=care.actor("chen"), visit_id=VISIT, patient_id=care.ada.id, now=now)
    assert record.note.section("said") == text


@pytest.mark.parametrize("who", ["gita", "tomas"])
def test_a_nurse_or_telepresenter_cannot_write_the_visit_note(care, ids, who):
    with pytest.raises(NotYoursToWrite):
        save_note_draft(**ids | {"actor": care.actor(who)}, sections=TEXT)
    assert AuditEvent.objects.filter(kind="refusal", action="record.write_note").count() == 1


def test_a_stranger_can_neither_write_nor_sign(care, ids):
    for who in ("diaz", "eve"):
        with pytest.raises((NotFound, NotYoursToWrite)):
            save_note_draft(**ids | {"actor": care.actor(who)}, sections=TEXT)
        with pytest.raises((NotFound, NotYoursToWrite)):
            sign_note(**ids | {"actor": care.actor(who)})
    assert not NoteDraft.objects.exists()


def test_the_note_says_who_signed_it_in_fhir(ids):
    save_note_draft(**ids, sections=TEXT)
    sealed = sign_note(**ids)
    body = get_resource(type="Composition", id=sealed.note_id)
    assert body["encounter"] == {"reference": f"Encounter/{VISIT}"}
    assert [part["title"] for part in body["section"]] == ["What the patient says", "Plan", "Words for the patient"]


def test_since_last_visit_tells_what_changed(care, ids, now):
    """Source: requirement SYN-07."""
    chen = care.actor("chen")
    first = now - timedelta(days=20)
    earlier = {"actor": chen, "patient_id": care.ada.id, "visit_id": EARLIER_VISIT, "now": first}
    record_vital(**earlier, kind="blood_pressure", value=144, second=90)
    record_medicine_statement(**earlier | {"now": first - timedelta(days=1)}, medicine="metformin")
    save_note_draft(**earlier, sections=TEXT)
    sign_note(**earlier)
    record_vital(
        **ids | {"now": now - timedelta(days=2), "visit_id": None}, kind="blood_pressure", value=138, second=86
    )
    record_medicine_statement(**ids | {"now": now - timedelta(days=1)}, medicine="lisinopril")
    record = visit_record(actor=chen, visit_id=VISIT, patient_id=care.ada.id, now=now)
    assert record.last_visit_at == first
    medicine, value = record.changes
    assert medicine.medicine.product == "lisinopril"
    assert (value.vital.shown, value.before.shown) == ("138/86", "144/90")
