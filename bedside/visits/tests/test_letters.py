"""The letter that is kept after a visit: when, by whom, and what the log says of it."""

from __future__ import annotations

from pathlib import Path

import pytest
from procrastinate.contrib.django.models import ProcrastinateJob

from bedside.kernel.errors import NotAllowed, NotFound
from bedside.platform.access import system_actor
from bedside.platform.audit.models import AuditEvent
from bedside.platform.files.models import StoredFile
from bedside.platform.files.queries import open_file
from bedside.platform.files.store import read_stored
from bedside.record.commands import sign_note
from bedside.visits import commands

from .stage import arrive

HOUSE = system_actor("visits.keep_letter")
NOTE = {"said": "Pain", "found": "Tender", "assessment": "ABRS", "plan": "Abx", "for_patient": "Rest."}


@pytest.fixture(autouse=True)
def _own_folder(settings, tmp_path: Path) -> None:
    settings.DATA_DIR = tmp_path


def signed(cast, now, upto="ended"):
    visit = arrive(cast, now, upto=upto)
    sign_note(actor=cast.actor("chen"), now=now, patient_id=cast.id("ada"), visit_id=visit.id, sections=NOTE)
    return visit


def test_it_is_kept_once_and_only_when_the_visit_is_over_and_signed(cast, now):
    visit = signed(cast, now, upto="in_call")
    assert commands.keep_letter(actor=HOUSE, now=now, visit_id=visit.id) is None
    commands.end_visit(actor=cast.actor("chen"), now=now, visit_id=visit.id)
    kept = commands.keep_letter(actor=HOUSE, now=now, visit_id=visit.id)
    assert kept is not None
    assert (kept.patient_id, kept.owner_id, kept.language) == (cast.id("ada"), None, "en")
    assert (kept.name, kept.media_type) == ("visit-2026-11-24-en.pdf", "application/pdf")
    assert len(read_stored(kept.sha256)) == kept.bytes
    assert commands.keep_letter(actor=HOUSE, now=now, visit_id=visit.id) is None
    assert StoredFile.objects.count() == 1


def test_the_log_says_that_the_house_wrote_it(cast, now):
    visit = signed(cast, now)
    commands.keep_letter(actor=HOUSE, now=now, visit_id=visit.id)
    rows = AuditEvent.objects.filter(job="visits.keep_letter", patient_id=cast.id("ada"))
    assert set(rows.values_list("kind", "action")) == {
        ("view", "visits.keep_letter"),
        ("change", "files.keep_made_file"),
    }


@pytest.mark.parametrize("who", ["ada", "chen", "eve"])
def test_nobody_but_the_house_keeps_letters(cast, now, who):
    visit = signed(cast, now)
    for act in (
        lambda actor: commands.keep_letter(actor=actor, now=now, visit_id=visit.id),
        lambda actor: commands.keep_letters(actor=actor, now=now, most=1),
    ):
        with pytest.raises(NotAllowed):
            act(cast.actor(who))
    assert not StoredFile.objects.exists()


def test_a_stranger_opens_no_letter_on_the_pages_either(cast, now):
    visit = signed(cast, now)
    kept = commands.keep_letter(actor=HOUSE, now=now, visit_id=visit.id)
    with pytest.raises(NotFound):
        open_file(actor=cast.actor("eve"), now=now, file_id=kept.id)


def test_who_signs_waits_for_no_queue_and_the_next_minute_keeps_the_letter(
    cast, now, django_capture_on_commit_callbacks
):
    with django_capture_on_commit_callbacks(execute=True):
        visit = arrive(cast, now, upto="in_call")
        commands.end_visit(actor=cast.actor("chen"), now=now, visit_id=visit.id)
        sign_note(actor=cast.actor("chen"), now=now, patient_id=cast.id("ada"), visit_id=visit.id, sections=NOTE)
    assert not ProcrastinateJob.objects.filter(task_name="visits.keep_letter").exists()
    assert commands.keep_letters(actor=HOUSE, now=now, most=10) == 1


def test_a_letter_that_cannot_be_set_is_in_nobodys_way(cast, now, tmp_path, settings):
    signed(cast, now)
    (tmp_path / "files").write_text("a file where the folder should be")
    assert commands.keep_letters(actor=HOUSE, now=now, most=10) == 0
    (tmp_path / "files").unlink()
    assert commands.keep_letters(actor=HOUSE, now=now, most=10) == 1
