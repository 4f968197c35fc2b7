"""The rehearsal clinic: the same from the same seed, sound as the database demands, alive today."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection, transaction

from bedside.accounts.models import DemoClinic, Person, RoleGrant, User
from bedside.accounts.queries import find_personas
from bedside.directory.models import DoctorSearch, License
from bedside.fhir.models import Resource
from bedside.fhir.queries import history
from bedside.platform.access import ANONYMOUS
from bedside.record.models import NoteSignature
from bedside.record.rules import sha256_of
from bedside.record.terms.substances import MEDICINES
from bedside.rehearsal import today
from bedside.rehearsal.cases import CASES
from bedside.rehearsal.generate import NotEmpty, rehearse
from bedside.scheduling.models import Appointment, TimeOff
from bedside.visits.models import Visit
from bedside.visits.terms import CHECK_IN_OPENS
from tests.cast import NOW

pytestmark = pytest.mark.slow

SIZE = {"doctors": 6, "patients": 25, "visits": 80}


@pytest.fixture
def clinic(db):
    rehearse(**SIZE, seed=7, now=NOW)


@pytest.mark.django_db
def test_the_same_seed_makes_the_same_clinic():
    prints = []
    for _ in range(2):
        with pytest.raises(ZeroDivisionError):
            _make_look_and_undo(prints)
    assert prints[0] == prints[1]


def _make_look_and_undo(prints):
    with transaction.atomic():
        rehearse(**SIZE, seed=7, now=NOW)
        past = Appointment.objects.filter(status="done").order_by("pk").values_list("pk", "starts_at", "patient_id")
        people = Person.objects.order_by("pk").values_list("pk", "given_name", "family_name", "birth_on")
        prints.append(repr([list(past), list(people)]))
        raise ZeroDivisionError


def test_everything_asked_for_is_there(clinic):
    assert RoleGrant.objects.filter(role="physician").count() == SIZE["doctors"]
    assert Person.objects.count() == SIZE["doctors"] + SIZE["patients"] + 5
    done = Appointment.objects.filter(status="done")
    assert done.count() > SIZE["visits"] / 2
    assert Visit.objects.filter(state="ended").count() == done.count()
    assert DemoClinic.objects.exists()
    assert DoctorSearch.objects.filter(next_free__isnull=False).exists()


def test_newcomers_are_shown_whom_to_begin_as(clinic, settings):
    settings.IS_DEMO = True
    names = [person.given_name for person in find_personas(actor=ANONYMOUS, now=NOW)]
    assert names[:3] == ["Ada", "Lin", "Gita"]
    assert len(names) > 10


def test_a_clinic_is_only_put_into_an_empty_database(cast):
    with pytest.raises(NotEmpty):
        rehearse(**SIZE, seed=7, now=NOW)


def test_nobody_is_in_two_places_at_once(clinic):
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM appointment a JOIN appointment b ON a.id < b.id AND a.during && b.during"
            " AND (a.patient_id = b.patient_id OR a.practitioner_id = b.practitioner_id)"
            " WHERE a.status NOT IN ('cancelled', 'expired') AND b.status NOT IN ('cancelled', 'expired')"
        )
        assert cursor.fetchone() == (0,)


def test_some_licences_are_not_in_order_and_the_personas_are(clinic):
    ada = User.objects.get(email="ada@rehearsal.example").person
    chen = User.objects.get(email="chen@rehearsal.example").person
    assert not License.objects.filter(practitioner_id=chen.pk, verified_at=None).exists()
    assert Resource.objects.filter(patient_id=ada.pk, type="AllergyIntolerance").count() == 1


def test_every_signed_note_still_has_the_bytes_that_were_signed(clinic):
    signatures = NoteSignature.objects.all()
    assert signatures.count() > 10
    for signature in signatures:
        body = history(type="Composition", id=signature.note_id)[-1].body
        assert sha256_of(body) == signature.sha256


def test_every_medicine_is_one_the_safety_checks_know():
    given = {case.medicine for case in CASES if case.medicine}
    assert given <= set(MEDICINES)


def test_today_has_people_waiting_and_a_visit_for_ada(clinic):
    ada = User.objects.get(email="ada@rehearsal.example").person
    assert Visit.objects.filter(state="waiting").count() == 2
    soon = Appointment.objects.get(patient=ada, status="booked")
    assert NOW < soon.starts_at <= NOW + CHECK_IN_OPENS


def test_enlivening_twice_changes_nothing_and_a_new_day_gets_a_new_board(clinic):
    before = Appointment.objects.count()
    today.enliven(now=NOW)
    assert Appointment.objects.count() == before
    today.enliven(now=NOW + timedelta(days=1))
    assert Appointment.objects.count() > before


def test_the_board_is_filled_again_when_the_doctor_s_day_turns(clinic):
    """Midnight in Austin is 6:00 in UTC. Nobody else can be booked, so that each start finds the new day empty."""
    evening = (NOW + timedelta(days=1)).replace(hour=5, minute=50)
    today.enliven(now=evening)
    chen = User.objects.get(email="chen@rehearsal.example").person_id
    TimeOff.objects.create(practitioner_id=chen, during=(evening, evening + timedelta(days=1)))
    for minutes in (20, 35, 39):
        today.enliven(now=evening + timedelta(minutes=minutes))
    done = Appointment.objects.filter(practitioner_id=chen, status="done", starts_at__gt=evening - timedelta(hours=4))
    assert done.values("starts_at").distinct().count() == done.count()


@pytest.mark.parametrize("hour", [0, 3, 12, 23])
def test_the_board_lives_at_any_hour(db, hour):
    now = NOW.replace(hour=hour, minute=50)
    rehearse(doctors=3, patients=12, visits=10, seed=1, now=now)
    ada = User.objects.get(email="ada@rehearsal.example").person
    assert Appointment.objects.filter(patient=ada, status="booked", starts_at__gt=now).exists()
    assert Visit.objects.filter(state="waiting").exists()
