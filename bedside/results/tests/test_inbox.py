"""Every result reaches someone, is seen, is handed on when it waits, and none is left alone."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bedside.accounts.models import RoleGrant
from bedside.consent.models import CareRelationship
from bedside.fhir.commands import store_resource
from bedside.fhir.queries import get_resource
from bedside.kernel.errors import NotAllowed, NotFound
from bedside.platform.audit.models import AuditEvent
from bedside.platform.notify.models import OutboxMail
from bedside.record.commands import record_vital
from bedside.results.commands import (
    AlreadySeen,
    NewerVersion,
    acknowledge_result,
    escalate_late,
    file_new,
    file_report,
    give_result,
    prove_seen,
    settle_orphan,
    take_result,
)
from bedside.results.models import Acknowledgement, HandOver, InboxItem, OrphanAlert
from bedside.results.queries import inbox, watch

from .conftest import HOUSE, again, filed, in_care, stored

HOUR = timedelta(hours=1)


def mails(template):
    return sorted(OutboxMail.objects.filter(template=f"results/mail/{template}").values_list("to", flat=True))


def test_a_critical_result_waits_for_whoever_treats_and_tells_them(care, now):
    item = filed(care, now, 6.9, "HH")
    assert (item.owner_id, item.urgency, item.due_at) == (care.chen.id, "critical", now + HOUR)
    assert item.marks[0]["flag"] == "critical"
    assert mails("waiting") == ["chen@example.org"]
    assert mails("new") == ["ada@example.org"]


def test_a_mail_says_nothing_of_health(care, now):
    filed(care, now, 6.9, "HH")
    for mail in OutboxMail.objects.all():
        assert not {"potassium", "ada", "6.9", "critical"} & set(str(mail.context).casefold().split())


def test_who_ordered_it_sees_it(care, now):
    in_care(care, "diaz", now, "booked", days=1)
    order = {"resourceType": "ServiceRequest", "id": "order", "status": "active", "intent": "order",
             "subject": {"reference": f"Patient/{care.ada.id}"},
             "requester": {"display": "Diaz, Mateo"}}  # fmt: skip
    item = filed(care, now, contained=[order], basedOn=[{"reference": "#order"}])
    assert item.owner_id == care.diaz.id


def test_someone_who_only_shares_the_orders_name_and_is_not_in_care_sees_nothing(care, now):
    order = {"resourceType": "ServiceRequest", "id": "order", "status": "active", "intent": "order",
             "subject": {"reference": f"Patient/{care.ada.id}"},
             "requester": {"display": "Mateo Diaz"}}  # fmt: skip
    assert filed(care, now, contained=[order], basedOn=[{"reference": "#order"}]).owner_id == care.chen.id


def test_the_inbox_has_the_critical_first_and_who_waited_longest(care, now):
    normal = filed(care, now - 5 * HOUR)
    late = filed(care, now - HOUR, 6.0, "H")
    early = filed(care, now - 3 * HOUR, 5.9, "H")
    critical = filed(care, now, 6.9, "HH")
    page = inbox(actor=care.actor("chen"), now=now)
    ids = [item.id for group in page.groups for item in group.items]
    assert ids == [critical.id, early.id, late.id, normal.id]
    assert inbox(actor=care.actor("diaz"), now=now).count == 0


def seen(cast, item, now, who="chen", **more):
    return acknowledge_result(actor=cast.actor(who), now=now, item_id=item.id, version=item.version, **more)


def test_one_tap_says_who_saw_it_and_when(care, now):
    item = filed(care, now, 6.0, "H")
    seen(care, item, now + HOUR, note="Eat fewer bananas.", next_step="repeat")
    row = Acknowledgement.objects.get()
    assert (row.by_id, row.at, row.version, row.next_step) == (care.chen.id, now + HOUR, 1, "repeat")
    assert again(item).state == "acknowledged"
    assert AuditEvent.objects.filter(action="results.acknowledge_result", patient_id=care.ada.id).count() == 1


def test_the_same_tap_twice_is_one_and_a_colleagues_is_refused(care, now):
    in_care(care, "diaz", now, "covering")
    item = filed(care, now, 6.0, "H")
    assert seen(care, item, now).id == seen(care, item, now).id
    with pytest.raises(AlreadySeen):
        seen(care, item, now, "diaz")


@pytest.mark.parametrize(
    ("who", "refusal"), [("diaz", NotFound), ("eve", NotAllowed), ("femi", NotAllowed), ("gita", NotAllowed)]
)
def test_who_does_not_care_for_the_patient_cannot_say_they_saw_it(care, now, who, refusal):
    item = filed(care, now)
    with pytest.raises(refusal):
        seen(care, item, now, who)
    assert not Acknowledgement.objects.exists()


def corrected(cast, report_id, now, status="corrected"):
    document = get_resource(type="DiagnosticReport", id=report_id)
    store_resource(actor=HOUSE, now=now, resource={**document, "status": status}, patient_id=cast.ada.id)
    return file_report(actor=HOUSE, now=now, patient_id=cast.ada.id, report_id=str(report_id))


def test_a_correction_of_what_was_seen_must_be_seen_again(care, now):
    item = filed(care, now, 6.0, "H")
    seen(care, item, now)
    fresh = corrected(care, item.report_id, now + HOUR)
    assert (fresh.id, fresh.state, fresh.version, fresh.due_at) == (item.id, "open", 2, now + 25 * HOUR)
    with pytest.raises(NewerVersion):
        seen(care, item, now + HOUR)
    seen(care, fresh, now + HOUR)


def test_a_correction_of_what_waits_wins_nobody_time(care, now):
    item = filed(care, now, 6.0, "H")
    assert corrected(care, item.report_id, now + 20 * HOUR).due_at == now + 24 * HOUR


def test_filing_twice_is_filing_once(care, now):
    item = filed(care, now)
    again_item = file_report(actor=HOUSE, now=now + HOUR, patient_id=care.ada.id, report_id=item.report_id)
    assert (again_item.id, again_item.filed_at) == (item.id, now)


def test_what_waits_too_long_goes_to_who_stands_in_then_to_the_pool(care, now):
    in_care(care, "diaz", now, "covering")
    item = filed(care, now, 6.9, "HH")
    assert escalate_late(actor=HOUSE, now=now + timedelta(minutes=59)) == 0
    assert escalate_late(actor=HOUSE, now=now + HOUR) == 1
    assert (again(item).owner_id, again(item).due_at) == (care.diaz.id, now + 2 * HOUR)
    assert escalate_late(actor=HOUSE, now=now + HOUR) == 0
    assert escalate_late(actor=HOUSE, now=now + 2 * HOUR) == 1
    assert (again(item).owner_id, again(item).clinic_id) == (None, care.clinic.id)
    assert mails("waiting").count("femi@example.org") == 1
    assert list(HandOver.objects.order_by("at").values_list("why", "to_person_id")) == [
        ("late", care.diaz.id),
        ("late", None),
    ]
    assert escalate_late(actor=HOUSE, now=now + 3 * HOUR) == 1
    assert mails("waiting").count("femi@example.org") == 2


def test_what_was_seen_is_never_handed_on(care, now):
    seen(care, filed(care, now, 6.9, "HH"), now)
    assert escalate_late(actor=HOUSE, now=now + 100 * HOUR) == 0


def test_a_result_of_nobody_lies_in_the_pool_and_can_be_taken(cast, now):
    item = filed(cast, now, 6.9, "HH")
    assert (item.owner_id, item.clinic_id) == (None, None)
    assert mails("waiting") == ["femi@example.org"]
    take_result(actor=cast.actor("diaz"), now=now, item_id=item.id)
    seen(cast, again(item), now, "diaz")
    covering = CareRelationship.objects.get(person=cast.diaz, patient=cast.ada)
    assert (covering.reason, covering.ends_at) == ("covering", now + timedelta(days=7))


def test_what_someone_has_cannot_be_taken(care, now):
    with pytest.raises(NotAllowed):
        take_result(actor=care.actor("diaz"), now=now, item_id=filed(care, now).id)


def test_the_administrator_gives_a_result_to_a_physician(cast, now):
    item = filed(cast, now, 6.9, "HH")
    page = watch(actor=cast.actor("femi"), now=now)
    assert [one.id for one in page.pool] == [item.id]
    give_result(actor=cast.actor("femi"), now=now, item_id=item.id, person_id=cast.diaz.id)
    assert inbox(actor=cast.actor("diaz"), now=now).count == 1
    with pytest.raises(NotAllowed):
        give_result(actor=cast.actor("chen"), now=now, item_id=item.id, person_id=cast.chen.id)


def test_what_came_by_another_door_is_found_within_a_minute(care, now):
    report_id = stored(care, now, 6.0, "H")
    assert file_new(actor=HOUSE, now=now + timedelta(seconds=30)) == 1
    assert InboxItem.objects.get(report_id=report_id).owner_id == care.chen.id
    assert file_new(actor=HOUSE, now=now + timedelta(seconds=90)) == 0


def test_history_asks_nobody(care, now):
    then = (now - timedelta(days=400)).isoformat()
    stored(care, now, 6.9, "HH", at=then, issued=then)
    file_new(actor=HOUSE, now=now)
    assert InboxItem.objects.get().state == "history"
    assert not OutboxMail.objects.exists()
    assert inbox(actor=care.actor("chen"), now=now).count == 0


def test_what_people_here_measured_asks_nobody(care, now):
    record_vital(actor=care.actor("ada"), now=now, patient_id=care.ada.id, kind="glucose", value=300)
    file_new(actor=HOUSE, now=now)
    file_new(actor=HOUSE, now=now)
    assert list(InboxItem.objects.values_list("state", flat=True)) == ["own"]
    assert prove_seen(actor=HOUSE, now=now + HOUR) == 0


def test_the_nightly_check_finds_nothing_where_all_is_well(care, now):
    filed(care, now, 6.0, "H")
    assert prove_seen(actor=HOUSE, now=now + HOUR) == 0
    assert not OrphanAlert.objects.exists()


def test_the_nightly_check_finds_a_result_that_reached_nobody(care, now):
    report_id = stored(care, now - timedelta(days=3), 6.0, "H")
    assert prove_seen(actor=HOUSE, now=now) == 1
    alert = OrphanAlert.objects.get()
    assert (alert.why, alert.item.report_id, alert.item.owner_id) == ("never_filed", report_id, care.chen.id)
    assert prove_seen(actor=HOUSE, now=now + HOUR) == 0
    settle_orphan(actor=care.actor("femi"), now=now, alert_id=alert.id)
    assert watch(actor=care.actor("femi"), now=now).alerts == ()


def test_the_nightly_check_finds_a_result_whose_owner_left(care, now):
    item = filed(care, now, 6.0, "H")
    RoleGrant.objects.filter(person=care.chen).update(ends_at=now)
    assert prove_seen(actor=HOUSE, now=now + HOUR) == 1
    assert again(item).owner_id is None
    assert OrphanAlert.objects.get().why == "nobody"


def test_every_result_that_is_stored_is_in_a_list_after_the_check(care, now):
    ids = {stored(care, now - timedelta(days=n), 5.0 + n / 10) for n in range(5)}
    prove_seen(actor=HOUSE, now=now + HOUR)
    assert ids == set(InboxItem.objects.values_list("report_id", flat=True))


def test_a_stranger_cannot_open_the_inbox_of_others(care, now):
    for who in ("ada", "femi", "gita", "hal"):
        with pytest.raises(NotAllowed):
            inbox(actor=care.actor(who), now=now)
