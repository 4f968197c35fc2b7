"""Reminders: owed with the booking, each sent once, none after a cancellation, and silent about health."""

import random
import re
from datetime import datetime, timedelta

import pytest

from bedside.directory.terms import SPECIALTIES
from bedside.kernel.time import UTC
from bedside.platform.access import system_actor
from bedside.platform.notify.commands import deliver_emails
from bedside.platform.notify.letters import write_letter
from bedside.platform.notify.models import OutboxMail
from bedside.scheduling.commands import (
    book_appointment,
    cancel_appointment,
    hold_appointment,
    mail_context,
    reschedule_appointment,
    send_due_reminders,
)
from bedside.scheduling.models import Appointment, Reminder

#: Friday 27 November 2026, 10:00 in Austin.
FRIDAY = datetime(2026, 11, 27, 16, 0, tzinfo=UTC)
HOUSE = system_actor("scheduling.send_reminders")
POST = system_actor("notify.deliver_emails")


@pytest.fixture
def booked(cast, now):
    ada = cast.actor("ada")
    held = hold_appointment(actor=ada, now=now, practitioner_id=cast.chen.id, starts_at=FRIDAY, mode="chat")
    return book_appointment(actor=ada, now=now, appointment_id=held.id, reason="discharge, shame, syphilis")


class Kept(list):
    """A backend that keeps what it is given."""

    def send(self, letter, *, reference):
        self.append((reference, letter))


def round_of(at):
    send_due_reminders(actor=HOUSE, now=at)
    kept = Kept()
    deliver_emails(actor=POST, now=at, through=kept)
    return [letter["Subject"] for _, letter in kept]


def test_a_visit_is_announced_the_day_before_and_soon(booked, now):
    assert round_of(now) == ["Your visit is booked"]
    assert round_of(FRIDAY - timedelta(hours=24, minutes=1)) == []
    assert round_of(FRIDAY - timedelta(hours=24)) == ["Your visit is tomorrow"]
    assert round_of(FRIDAY - timedelta(minutes=30)) == ["Your visit starts soon"]
    assert round_of(FRIDAY + timedelta(days=2)) == []


def test_each_is_sent_once_whatever_the_clock_does(booked, now):
    seen = []
    for jump in (0, 1, -1, 49, 48, 72.6, 72.5, 72.7, -24, 49, 100):
        seen += round_of(now + timedelta(hours=jump))
    assert len(seen) == len(set(seen)) == 3


def test_nothing_follows_a_cancellation_but_its_own_word(cast, booked, now):
    send_due_reminders(actor=HOUSE, now=now)
    cancel_appointment(actor=cast.actor("ada"), now=now, appointment_id=booked.id, why="")
    assert round_of(now) == ["Your visit is cancelled"]
    for hours in range(0, 90, 6):
        assert round_of(now + timedelta(hours=hours)) == []


def test_a_move_supersedes_the_old_reminders(cast, booked, now):
    assert round_of(now) == ["Your visit is booked"]
    new = reschedule_appointment(
        actor=cast.actor("ada"), now=now, appointment_id=booked.id, starts_at=FRIDAY + timedelta(hours=2)
    )
    assert round_of(now) == ["Your visit has a new time"]
    assert round_of(FRIDAY - timedelta(hours=24)) == []
    assert round_of(new.starts_at - timedelta(hours=24)) == ["Your visit is tomorrow"]


def test_a_reminder_that_comes_too_late_is_not_sent(booked):
    assert round_of(FRIDAY + timedelta(minutes=1)) == []
    assert not Reminder.objects.filter(sent_at__isnull=True, dropped_at__isnull=True).exists()


def test_a_mail_says_when_and_where_to_sign_in_and_nothing_about_health(cast, booked, now):
    send_due_reminders(actor=HOUSE, now=now)
    letter = write_letter(OutboxMail.objects.get())
    body = letter.get_content()
    assert letter["To"] == "ada@example.org"
    assert letter["Auto-Submitted"] == "auto-generated"
    assert f"/appointments/{booked.id}/" in body
    assert "November 27, 2026" in body
    assert "10:00" in body
    assert "Central" in body


@pytest.mark.parametrize("language", ["en", "es"])
@pytest.mark.slow
def test_two_hundred_mails_hold_no_health_content(cast, now, language):
    """PP-10: whatever doctor, mode and reason, the words are the same but for the time and the link."""
    dice = random.Random(10)
    told = ["chest pain", "HIV", "ansiedad", "embarazo", "rash", "depression", "cáncer", "Metformin"]
    cast.ada.language = language
    cast.ada.save()
    templates = ["booked", "moved", "day_before", "soon", "cancelled"]
    bodies = set()
    for sample in range(100):
        doctor = dice.choice([cast.chen, cast.diaz])
        doctor.practitioner.specialties = [dice.choice(list(SPECIALTIES))]
        row = Appointment(
            patient=cast.ada,
            practitioner=doctor.practitioner,
            starts_at=FRIDAY + timedelta(minutes=20 * sample),
            mode=dice.choice(["video", "voice", "chat"]),
            reason=" ".join(dice.sample(told, 3)),
        )
        for template in templates:
            letter = write_letter(
                OutboxMail(
                    to="ada@example.org",
                    template=f"scheduling/mail/{template}",
                    language=language,
                    time_zone="America/Chicago",
                    context=mail_context(row),
                    created_at=now,
                )
            )
            text = f"{letter['Subject']}\n{letter.get_content()}".lower()
            for word in (*told, *SPECIALTIES.values(), "chen", "diaz", "video", "voice", "chat", "ada", "reyes"):
                assert not re.search(rf"\b{re.escape(word.lower())}\b", text.replace("ada@example.org", ""))
            kept = [line for line in text.splitlines() if "/appointments/" not in line and "2026" not in line]
            bodies.add("\n".join(kept))
    assert len(bodies) == len(templates)
