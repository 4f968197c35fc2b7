"""No answer leaves before it is written down who saw what."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bedside.consent.models import CareRelationship
from bedside.platform.audit.models import AuditEvent

from .conftest import Api, pressure, treat

pytestmark = pytest.mark.slow


def stored(api: Api, *patients: str) -> list[str]:
    return [api.house.post("Observation", pressure(api.cast.id(name))).json["id"] for name in patients]


def test_when_the_writer_has_died_nothing_is_shown(api: Api) -> None:
    (made,) = stored(api, "ada")
    caller = api.chen
    assert caller.get(f"Observation/{made}").status == 200
    api.run(api.gateway.audit.stop())
    for path in (f"Observation/{made}", f"Observation/{made}/_history", "Observation", "Patient/x/$everything"):
        answer = caller.get(path)
        assert answer.status in (503, 404)
        assert b"8480-6" not in answer.body
    assert caller.get(f"Observation/{made}").status == 503


def test_when_rows_cannot_be_written_nothing_is_shown(api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    (made,) = stored(api, "ada")
    caller = api.chen
    monkeypatch.setattr("bedside.platform.audit.group._INSERT", "INSERT INTO audit_event (no_such_column) SELECT %s")
    answer = caller.get(f"Observation/{made}")
    assert answer.status == 503
    assert b"8480-6" not in answer.body
    monkeypatch.undo()
    assert caller.get(f"Observation/{made}").status == 200


def test_a_change_whose_row_cannot_be_written_is_not_made(api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    caller = api.chen
    assert caller.get("Observation").status == 200
    monkeypatch.setattr("bedside.platform.audit.group._INSERT", "INSERT INTO audit_event (no_such_column) SELECT %s")
    assert caller.post("Observation", pressure(api.cast.id("ada"))).status == 500
    monkeypatch.undo()
    assert caller.get("Observation").ids == []


def test_one_request_about_several_patients_leaves_a_row_for_each(api: Api) -> None:
    treat(api.cast.id("chen"), api.cast.id("eve"), api.now)
    stored(api, "ada", "ada", "eve", "ben")
    answer = api.chen.get("Observation")
    assert len(answer.ids) == 3
    rows = AuditEvent.objects.filter(kind="view", actor_id=api.cast.id("chen"))
    assert {row.patient_id: row.detail["shown"] for row in rows} == {
        api.cast.id("ada"): {"Observation": 2},
        api.cast.id("eve"): {"Observation": 1},
    }
    assert {row.detail["request"] for row in rows} == {answer.headers["x-request-id"]}
    assert {row.action for row in rows} == {"gateway.search_resources"}


def test_a_search_that_finds_nothing_about_patients_is_written_down_too(api: Api) -> None:
    assert api.eve.get("Observation").ids == []
    row = AuditEvent.objects.get(kind="view")
    assert (row.patient_id, row.resource_type, row.detail["shown"]) == (None, "Observation", {})
    api.eve.get("ValueSet")
    assert AuditEvent.objects.filter(kind="view").count() == 1, "what is everyone's is nobody's business"


@pytest.mark.parametrize(
    ("reasons", "told"),
    [
        (["break_glass"], "break_glass"),
        (["break_glass", "booked"], "booked"),
        (["covering", "break_glass"], "covering"),
        (["proxy", "booked"], "booked"),
    ],
)
def test_the_row_tells_the_plainest_reason_that_held(api: Api, reasons: list[str], told: str) -> None:
    for reason in reasons:
        CareRelationship.objects.create(
            person=api.cast.diaz,
            patient=api.cast.ada,
            reason=reason,
            starts_at=api.now - timedelta(hours=1),
        )
    (made,) = stored(api, "ada")
    assert api.diaz.get(f"Observation/{made}").status == 200
    assert AuditEvent.objects.get(kind="view").reason == told


def test_changes_leave_rows_in_their_own_transaction(api: Api) -> None:
    made = api.chen.post("Observation", pressure(api.cast.id("ada"))).json["id"]
    path = f"Observation/{made}"
    assert api.chen.put(path, pressure(api.cast.id("ada"), id=made, status="amended")).status == 200
    assert api.chen.delete(path).status == 204
    rows = AuditEvent.objects.filter(kind="change", action__startswith="gateway.").order_by("id")
    assert [(row.action, row.patient_id, row.resource_id, row.reason) for row in rows] == [
        ("gateway.create_resource", api.cast.id("ada"), made, "treating"),
        ("gateway.update_resource", api.cast.id("ada"), made, "treating"),
        ("gateway.delete_resource", api.cast.id("ada"), made, "treating"),
    ]


def test_a_change_that_is_refused_leaves_no_row_of_a_change(api: Api) -> None:
    assert api.diaz.post("Observation", pressure(api.cast.id("ada"))).status == 422
    assert not AuditEvent.objects.filter(kind="change", action__startswith="gateway.").exists()
