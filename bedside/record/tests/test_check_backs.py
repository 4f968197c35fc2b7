"""On the day we said we would ask, a mail asks, once, and says nothing of anyone's health."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from bedside.kernel.errors import NotAllowed, NotFound
from bedside.platform.access import system_actor
from bedside.platform.notify.letters import write_letter
from bedside.platform.notify.models import OutboxMail
from bedside.record.commands import assign_home_care, complete_task, send_check_backs

from .conftest import VISIT

#: Friday 27 November, 10 in the morning in Austin.
FRIDAY = datetime(2026, 11, 27, 16, 0, tzinfo=UTC)
HOUSE = system_actor("record.send_check_backs")


@pytest.fixture
def tasks(care, now):
    return assign_home_care(
        actor=care.actor("chen"), now=now, patient_id=care.ada.id, visit_id=VISIT, plan="fever",
        check_back_on=date(2026, 11, 27),
    )  # fmt: skip


def test_the_mail_goes_on_its_day_once(tasks):
    assert send_check_backs(actor=HOUSE, now=FRIDAY) == 1
    assert send_check_backs(actor=HOUSE, now=FRIDAY + timedelta(minutes=15)) == 0
    assert OutboxMail.objects.get().to == "ada@example.org"


@pytest.mark.parametrize("hours", [-24, -4, 12, 24])
def test_not_the_day_before_not_at_night_not_the_day_after(tasks, hours):
    assert send_check_backs(actor=HOUSE, now=FRIDAY + timedelta(hours=hours)) == 0


def test_none_when_the_patient_has_already_told(care, tasks):
    complete_task(actor=care.actor("ada"), now=FRIDAY, patient_id=care.ada.id, task_id=tasks[-1])
    assert send_check_backs(actor=HOUSE, now=FRIDAY) == 0


@pytest.mark.parametrize(("language", "words"), [("en", "how you are"), ("es", "cómo está")])
def test_it_says_nothing_of_health(care, tasks, language, words):
    type(care.ada).objects.filter(id=care.ada.id).update(language=language)
    send_check_backs(actor=HOUSE, now=FRIDAY)
    letter = write_letter(OutboxMail.objects.get())
    text = f"{letter['Subject']} {letter.get_content()}".lower()
    assert words in text
    for word in ("fever", "fiebre", "reyes", "chen", "temperat"):
        assert word not in text


def test_only_the_house_sends_them(care, tasks):
    with pytest.raises((NotAllowed, NotFound)):
        send_check_backs(actor=care.actor("chen"), now=FRIDAY)
