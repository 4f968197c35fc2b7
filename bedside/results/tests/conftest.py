"""Results in charts, and who is in care, for this room's tests."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bedside.consent.models import CareRelationship
from bedside.fhir.commands import Entry, store_resources
from bedside.kernel.ids import new_id
from bedside.platform.access import system_actor
from bedside.record.tests.made_results import observation, quantity, report
from bedside.results.commands import file_report
from bedside.results.models import InboxItem

HOUSE = system_actor("tests")


def in_care(cast, name, now, reason="treating", days=90):
    """Give someone a live relation to Ada."""
    return CareRelationship.objects.create(
        patient=cast.ada, person=cast.people[name], reason=reason, starts_at=now - timedelta(days=days)
    )


def stored(cast, now, value=5.0, flag="", *, patient="ada", **more):
    """Store a potassium of Ada's, with its report, and return the report's id."""
    person = cast.people[patient]
    part = str(new_id())
    potassium = observation(
        part, "2823-3", quantity(value, "mmol/L"), flag=flag, at=now.isoformat(), patient=person.id,
        ranges=[{"low": quantity(3.5, "mmol/L"), "high": quantity(5.1, "mmol/L")}],
    )  # fmt: skip
    given = {"at": now.isoformat(), "issued": now.isoformat(), **more}
    whole = report(str(new_id()), [part], code="24323-8", patient=person.id, **given)
    documents = [{k: v for k, v in one.items() if k != "meta"} for one in (potassium, whole)]
    store_resources(actor=HOUSE, now=now, entries=[Entry(one, person.id, stored_at=now) for one in documents])
    return whole["id"]


def filed(cast, now, value=5.0, flag="", **more):
    """Store a result as a laboratory's line does and return what waits."""
    report_id = stored(cast, now, value, flag, **more)
    return file_report(actor=HOUSE, now=now, patient_id=cast.ada.id, report_id=report_id)


def again(item):
    """Return an item as it stands now."""
    return InboxItem.objects.get(id=item.id)


@pytest.fixture
def care(cast, now):
    """The cast, with Dr Chen treating Ada."""
    in_care(cast, "chen", now)
    return cast
