"""Whom a result can be put before: those in the patient's care, those of the clinic."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from django.db.models import Q

from bedside.accounts.models import RoleGrant, User
from bedside.accounts.queries import holders_of
from bedside.consent.models import CareRelationship
from bedside.consent.queries import live
from bedside.directory.models import Affiliation, Practitioner
from bedside.fhir.documents import read_document
from bedside.fhir.models import Resource
from bedside.platform.notify.commands import send_email
from bedside.record.results.facts import Report
from bedside.results.models import InboxItem
from bedside.results.rules import Candidate
from bedside.results.terms import NEAREST


def candidates(patient_id: UUID, report: Report | None, now: datetime) -> list[Candidate]:
    """Return the physicians who work here now and are in the patient's care now."""
    rows = list(live(now).filter(patient_id=patient_id, reason__in=NEAREST).select_related("person"))
    works = physicians_among([row.person_id for row in rows], now)
    orderers = _orderers(report)
    return [
        Candidate(
            row.person_id, row.reason, row.starts_at,
            row.person_id in orderers or _is_named(report, row.person.family_name, row.person.given_name),
        )
        for row in rows
        if row.person_id in works
    ]  # fmt: skip


def _is_named(report: Report | None, family: str, given: str) -> bool:
    """Say whether the laboratory names this person as who ordered it. Only asked of those in care already."""
    said = set((report.ordered_by if report else "").casefold().replace(",", " ").split())
    return bool(said) and {family.casefold(), given.casefold()} <= said


def _orderers(report: Report | None) -> set[UUID]:
    named = report.orderers if report else ()
    found = {UUID(one) for one in named if "/" not in one and _is_uuid(one)}
    orders = [one.partition("/")[2] for one in named if one.startswith("ServiceRequest/")]
    for row in Resource.objects.filter(type="ServiceRequest", id__in=orders, is_deleted=False) if orders else ():
        link = str((read_document(row.body).get("requester") or {}).get("reference", ""))
        name = link.removeprefix("Practitioner/")
        if link != name and _is_uuid(name):
            found.add(UUID(name))
    return found


def _is_uuid(text: str) -> bool:
    try:
        UUID(text)
    except ValueError:
        return False
    return True


def physicians_among(person_ids: Collection[UUID], now: datetime) -> set[UUID]:
    """Return which of these people are physicians here now, with a login that works."""
    grants = RoleGrant.objects.filter(person_id__in=person_ids, role="physician", starts_at__lte=now)
    grants = grants.exclude(ends_at__lte=now).filter(person__user__is_active=True)
    return set(grants.values_list("person_id", flat=True))


def clinic_of(patient_id: UUID, owner_id: UUID | None) -> UUID | None:
    """Return the clinic whose pool a result falls to: of its owner, else of whoever was in care last."""
    people = [owner_id] if owner_id else []
    cared = CareRelationship.objects.filter(patient_id=patient_id, reason__in=NEAREST).order_by("-starts_at")
    people += list(cared.values_list("person_id", flat=True)[:20])
    clinics = dict(Practitioner.objects.filter(person_id__in=people).values_list("person_id", "organization_id"))
    return next((clinics[one] for one in people if one in clinics), None)


def pool_of(clinic_id: UUID | None, now: datetime) -> list[User]:
    """Return who is asked for what lies in a pool: physicians of the clinic and its administrators.

    Without a clinic, or where nobody works there any more, it is every administrator of the house.
    """
    administrators = list(holders_of("administrator", now=now))
    if clinic_id is None:
        return administrators
    held = Q(ends_at__isnull=True) | Q(ends_at__gt=now)
    there = set(Affiliation.objects.filter(held, organization_id=clinic_id).values_list("person_id", flat=True))
    people = [*holders_of("physician", now=now), *administrators]
    return [user for user in people if user.person_id in there] or administrators


def tell_waiting(item: InboxItem, now: datetime) -> None:
    """Owe a mail to whoever must see it now. It says that a result waits, and not a word about anyone's health."""
    asked = pool_of(item.clinic_id, now)
    if item.owner_id:
        asked = list(User.objects.filter(person_id=item.owner_id, is_active=True).select_related("person"))
    for user in asked:
        is_administrator_of_pool = item.owner_id is None and not physicians_among([user.person_id], now)
        send_email(
            now=now,
            dedupe_key=f"results:waiting:{item.id}:{item.version}:{item.level}:{user.id}",
            to=user.email,
            template="results/mail/waiting",
            language=user.person.language,
            time_zone=user.person.time_zone,
            context={
                "path": "/inbox/watch/" if is_administrator_of_pool else "/inbox/",
                "due_at": item.due_at.isoformat(),
                "is_late": item.level > 0,
            },
        )


def tell_patient(patient_id: UUID, key: str, now: datetime) -> None:
    """Owe the patient a mail that there is something new. Not what, and at most one an hour."""
    user = User.objects.filter(person_id=patient_id, is_active=True).select_related("person").first()
    if user is None:
        return
    send_email(
        now=now,
        dedupe_key=f"results:new:{patient_id}:{key}:{now:%Y%m%d%H}",
        to=user.email,
        template="results/mail/new",
        language=user.person.language,
        time_zone=user.person.time_zone,
        context={"path": "/health/results/"},
    )
