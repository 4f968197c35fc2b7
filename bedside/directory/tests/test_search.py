"""Search by need: only doctors who fit, may treat the patient there, and are free; the soonest first."""

from datetime import datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from bedside.directory.models import BoardCertificate, License, Practitioner
from bedside.directory.queries import search_practitioners
from bedside.kernel.time import UTC
from bedside.scheduling.commands import rebuild_free_times
from bedside.scheduling.models import TimeOff


@pytest.fixture
def search(cast, now):
    Practitioner.objects.filter(pk=cast.diaz.id).update(specialties=["207N00000X"])
    rebuild_free_times(actor=cast.actor("femi"), now=now)

    def by(**need):
        found = search_practitioners(actor=cast.actor("ada"), now=now, **{"region": "TX", **need})
        return [one.practitioner.display_name for one in found.doctors]

    return by


CHEN, DIAZ = "Dr Lin Chen", "Dr Mateo Diaz"


def test_everyone_who_may_treat_is_found(search):
    assert sorted(search()) == [CHEN, DIAZ]


@pytest.mark.parametrize(
    ("need", "found"),
    [
        ({"specialty": "207Q00000X"}, [CHEN]),
        ({"specialty": "207N00000X"}, [DIAZ]),
        ({"language": "es"}, [DIAZ]),
        ({"language": "ko"}, []),
        ({"max_fee_minor": 4000}, [DIAZ]),
        ({"max_fee_minor": 3999}, []),
        ({"region": "CA"}, []),
        ({"country": "MX"}, []),
        ({"specialty": "207Q00000X", "language": "en", "max_fee_minor": 4500}, [CHEN]),
        ({"specialty": "' OR 1=1 --"}, []),
    ],
)
def test_needs_narrow_the_search(search, need, found):
    assert search(**need) == found


def test_the_soonest_comes_first(cast, search, now):
    TimeOff.objects.create(practitioner_id=cast.chen.id, during=(now, now + timedelta(days=2)))
    rebuild_free_times(actor=cast.actor("femi"), now=now, practitioner_ids=[cast.chen.id])
    assert search() == [DIAZ, CHEN]


@pytest.mark.parametrize(
    "spoil",
    [
        lambda who: License.objects.filter(practitioner_id=who).update(expires_on=datetime(2026, 11, 23).date()),
        lambda who: License.objects.filter(practitioner_id=who).update(verified_at=None, verified_against=""),
        lambda who: BoardCertificate.objects.filter(practitioner_id=who).delete(),
        lambda who: BoardCertificate.objects.filter(practitioner_id=who).update(verified_at=None),
        lambda who: Practitioner.objects.filter(pk=who).update(is_accepting=False),
    ],
)
def test_whoever_may_not_be_booked_is_not_found(cast, search, spoil):
    spoil(cast.chen.id)
    assert search() == [DIAZ]


def test_no_time_is_shown_after_a_licence_ends(cast, search, now):
    last_day = datetime(2026, 11, 25, tzinfo=UTC).date()
    License.objects.filter(practitioner_id=cast.chen.id).update(expires_on=last_day)
    found = search_practitioners(actor=cast.actor("ada"), now=now, region="TX", specialty="207Q00000X")
    zone = found.doctors[0].practitioner.zone
    assert max(at.astimezone(zone).date() for at in found.doctors[0].starts) == last_day


def test_a_search_costs_four_queries(cast, search, now):
    with CaptureQueriesContext(connection) as spent:
        search()
    assert len(spent) <= 4
