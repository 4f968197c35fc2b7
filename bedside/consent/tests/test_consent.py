"""Agreeing to care at a distance: which words, in which language, through whom."""

from __future__ import annotations

import pytest

from bedside.consent import commands, queries
from bedside.consent.models import ConsentGiven
from bedside.consent.terms import CONSENT_KINDS, CONSENT_TEXTS
from bedside.kernel.errors import NotFound
from bedside.kernel.ids import new_id
from bedside.platform.access import system_actor


def test_every_kind_has_a_text_in_both_languages_of_the_same_version():
    for kind, _ in CONSENT_KINDS:
        english, spanish = CONSENT_TEXTS[kind, "en"], CONSENT_TEXTS[kind, "es"]
        assert english.version == spanish.version
        assert len(english.paragraphs) == len(spanish.paragraphs)
        assert english.sha256 != spanish.sha256


def test_an_unknown_language_reads_english_and_an_unknown_kind_nothing():
    assert queries.consent_text("telehealth", "vi").language == "en"
    assert queries.consent_text("telehealth", "es-MX").language == "es"
    with pytest.raises(NotFound):
        queries.consent_text("surgery", "en")


def test_the_words_agreed_to_are_kept_by_fingerprint(cast, now):
    visit = new_id()
    given = commands.give_consent(
        actor=cast.actor("ada"),
        now=now,
        patient_id=cast.ada.id,
        kind="telehealth",
        language="es",
        source=("visit", visit),
    )
    text = CONSENT_TEXTS["telehealth", "es"]
    assert (given.text_sha256, given.text_version, given.text_language) == (text.sha256, text.version, "es")
    assert (given.given_by_id, given.source_id) == (cast.ada.id, visit)


def test_a_proxy_may_agree_and_is_named(cast, now):
    commands.begin_care(
        actor=system_actor("test"), now=now, patient_id=cast.ada.id, person_id=cast.ben.id, reason="proxy"
    )
    given = commands.give_consent(
        actor=cast.actor("ben"), now=now, patient_id=cast.ada.id, kind="telehealth", language="es"
    )
    assert (given.patient_id, given.given_by_id) == (cast.ada.id, cast.ben.id)


@pytest.mark.parametrize("who", ["eve", "chen", "femi"])
def test_nobody_else_agrees_for_a_patient(cast, now, who):
    with pytest.raises(NotFound):
        commands.give_consent(actor=cast.actor(who), now=now, patient_id=cast.ada.id, kind="telehealth", language="en")
    assert not ConsentGiven.objects.exists()
