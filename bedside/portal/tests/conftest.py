"""A day at the clinic, for the pages that join rooms."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client
from psycopg.types.range import TimestamptzRange

from bedside.consent.models import CareRelationship, ConsentGiven
from bedside.consent.terms import CONSENT_TEXTS
from bedside.scheduling.models import Appointment
from bedside.visits.models import CheckIn, Participant, Visit


def book(cast, now, *, minutes, patient="ada", doctor="chen", status="booked", mode="video", **more):
    """Book a time that starts so many minutes from now."""
    starts_at = now + timedelta(minutes=minutes)
    ends_at = starts_at + timedelta(minutes=20)
    return Appointment.objects.create(
        patient=cast.people[patient],
        practitioner=cast.people[doctor].practitioner,
        organization=cast.clinic,
        during=TimestamptzRange(starts_at, ends_at),
        starts_at=starts_at,
        ends_at=ends_at,
        practitioner_zone="America/Chicago",
        status=status,
        mode=mode,
        reason=more.pop("reason", "Sinus pain for 11 days"),
        fee_minor=4500,
        currency="USD",
        created_at=now - timedelta(days=2),
        **more,
    )


def visit_of(appointment, now, state, *, waited=0, ended=None, test=None):
    """Open the visit of an appointment in that state."""
    visit = Visit.objects.create(
        appointment=appointment,
        patient=appointment.patient,
        practitioner=appointment.practitioner,
        state=state,
        mode=appointment.mode,
        created_at=now - timedelta(minutes=waited + 5),
        waiting_since=now - timedelta(minutes=waited),
        started_at=ended and ended - timedelta(minutes=18),
        ended_at=ended,
    )
    text = CONSENT_TEXTS["telehealth", "en"]
    consent = ConsentGiven.objects.create(
        patient=visit.patient,
        kind="telehealth",
        text_version=text.version,
        text_language="en",
        text_sha256=text.sha256,
        given_by=visit.patient,
        given_at=now,
    )
    CheckIn.objects.create(
        visit=visit,
        place="At home",
        region="TX",
        country="US",
        callback_number="+15125550100",
        consent=consent,
        device_test=test or {"camera": "ok", "microphone": "ok", "speaker": "ok"},
        checked_in_at=now,
    )
    Participant.objects.create(visit=visit, person=visit.patient, role="patient", state="lobby", seen_at=now)
    return visit


def relate(cast, now, name, reason, patient="ada"):
    """Give someone a live relation to a patient."""
    return CareRelationship.objects.create(
        patient=cast.people[patient], person=cast.people[name], reason=reason, starts_at=now - timedelta(days=30)
    )


@pytest.fixture
def at_ten(monkeypatch, now):
    """Have every view of this room read the test's own time."""
    monkeypatch.setattr("bedside.portal.views.utc_now", lambda: now)
    return now


@pytest.fixture
def door(cast, at_ten):
    """Return a function that signs someone in and returns their browser."""

    def sign_in(name: str) -> Client:
        client = Client()
        client.force_login(cast.people[name].user)
        return client

    return sign_in
