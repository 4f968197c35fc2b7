"""Register places, clinicians and their papers; write down what was checked against what source."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from uuid import UUID

from django.db import IntegrityError, transaction

from bedside.directory.events import PapersChanged
from bedside.directory.models import BoardCertificate, License, Location, Organization, Practitioner
from bedside.directory.policy import PlaceFacts
from bedside.directory.terms import ORGANIZATION_KINDS, SPECIALTIES
from bedside.kernel.errors import Conflict, Invalid, NotFound
from bedside.kernel.time import is_zone
from bedside.platform.access import Actor, Context, authorise
from bedside.platform.audit.write import record_change
from bedside.platform.events import announce


class LicenseKnown(Conflict):
    """A licence with that number is already registered in that place. Look for it in the list."""


class BadPaper(Invalid):
    """Give the number, where it is from and a date that makes sense. Nothing was saved."""


class SourceMissing(Invalid):
    """Say against which source you checked it, for example the register of the state's medical board."""


class BadPractice(Invalid):
    """Give at least one known specialty, one language, a fee and a visit length of 5 to 240 minutes."""


def _record(actor: Actor, action: str, now: datetime, kind: str, row_id: UUID, **detail: str) -> None:
    record_change(
        actor=actor,
        action=action,
        now=now,
        resource=(kind, row_id),
        reason="administrator",
        detail=detail,
    )


@transaction.atomic
def register_organization(
    *, actor: Actor, now: datetime, kind: str, name: str, time_zone: str, phone: str = "", country: str = "US"
) -> Organization:
    """Register a hospital, clinic, pharmacy or laboratory.

    Raises: BadPaper when the kind, name or zone is none.
    """
    authorise(actor, "directory.register_organization", PlaceFacts(None), Context(now))
    name = " ".join(name.replace("\x00", " ").split())
    if kind not in dict(ORGANIZATION_KINDS) or not 0 < len(name) <= 200 or not is_zone(time_zone):
        raise BadPaper()
    row = Organization.objects.create(kind=kind, name=name, time_zone=time_zone, phone=phone[:32], country=country)
    _record(actor, "directory.register_organization", now, "Organization", row.id)
    return row


@transaction.atomic
def register_location(
    *, actor: Actor, now: datetime, organization_id: UUID, name: str, city: str, region: str, street: str = ""
) -> Location:
    """Add an address to an organisation."""
    authorise(actor, "directory.register_location", PlaceFacts(organization_id), Context(now))
    place = Organization.objects.select_for_update().filter(id=organization_id).first()
    if place is None:
        raise NotFound()
    row = Location.objects.create(
        organization=place,
        name=name[:200],
        city=city[:100],
        region=region[:10],
        street=street[:200],
        country=place.country,
    )
    _record(actor, "directory.register_location", now, "Location", row.id)
    return row


@transaction.atomic
def register_practitioner(
    *,
    actor: Actor,
    now: datetime,
    person_id: UUID,
    organization_id: UUID,
    specialties: Sequence[str],
    languages: Sequence[str],
    fee_minor: int,
    currency: str = "USD",
    visit_minutes: int = 20,
    time_zone: str = "America/Chicago",
    title: str = "Dr",
    biography: str = "",
    biography_es: str = "",
) -> Practitioner:
    """Let a person practise at an organisation. They cannot be booked before their papers are verified.

    Raises: BadPractice.
    """
    authorise(actor, "directory.register_practitioner", PlaceFacts(organization_id), Context(now))
    is_known = bool(specialties) and all(one in SPECIALTIES for one in specialties)
    if not is_known or not languages or fee_minor < 0 or not 5 <= visit_minutes <= 240 or not is_zone(time_zone):
        raise BadPractice()
    row, _ = Practitioner.objects.update_or_create(
        person_id=person_id,
        defaults={
            "organization_id": organization_id,
            "specialties": list(specialties),
            "languages": list(languages),
            "fee_minor": fee_minor,
            "currency": currency,
            "visit_minutes": visit_minutes,
            "time_zone": time_zone,
            "title": title,
            "biography": biography,
            "biography_es": biography_es,
        },
    )
    _record(actor, "directory.register_practitioner", now, "Practitioner", row.pk)
    announce(PapersChanged(row.pk))
    return row


def _practitioner(practitioner_id: UUID) -> Practitioner:
    row = Practitioner.objects.select_for_update().filter(pk=practitioner_id).first()
    if row is None:
        raise NotFound()
    return row


@transaction.atomic
def register_license(
    *,
    actor: Actor,
    now: datetime,
    practitioner_id: UUID,
    country: str,
    region: str,
    number: str,
    expires_on: date,
) -> License:
    """Write down a licence. It counts only once it is verified.

    Raises: LicenseKnown, BadPaper.
    """
    doctor = _practitioner(practitioner_id)
    authorise(actor, "directory.register_license", PlaceFacts(doctor.organization_id), Context(now))
    number = " ".join(number.replace("\x00", " ").split())
    if not 0 < len(number) <= 40 or len(country) != 2 or len(region) > 10:
        raise BadPaper()
    try:
        with transaction.atomic():
            row = License.objects.create(
                practitioner=doctor, country=country, region=region, number=number, expires_on=expires_on
            )
    except IntegrityError as error:
        raise LicenseKnown() from error
    _record(actor, "directory.register_license", now, "License", row.id)
    return row


@transaction.atomic
def verify_license(*, actor: Actor, now: datetime, license_id: UUID, against: str) -> License:
    """Write down that a licence was checked, by whom, when and against what source.

    Source: requirement PLT-13. Raises: SourceMissing, NotFound.
    """
    row = License.objects.select_for_update().select_related("practitioner").filter(id=license_id).first()
    if row is None:
        raise NotFound()
    facts = PlaceFacts(row.practitioner.organization_id)
    authorise(actor, "directory.verify_license", facts, Context(now))
    row.verified_against = _source(against)
    row.verified_at, row.verified_by_id = now, actor.person_id
    row.save(update_fields=["verified_at", "verified_by", "verified_against"])
    _record(actor, "directory.verify_license", now, "License", row.id)
    announce(PapersChanged(row.practitioner_id))
    return row


@transaction.atomic
def register_certificate(
    *,
    actor: Actor,
    now: datetime,
    practitioner_id: UUID,
    board: str,
    specialty: str,
    expires_on: date | None = None,
) -> BoardCertificate:
    """Write down a board certificate. It counts only once it is verified.

    Raises: BadPaper.
    """
    doctor = _practitioner(practitioner_id)
    authorise(actor, "directory.register_certificate", PlaceFacts(doctor.organization_id), Context(now))
    board = " ".join(board.replace("\x00", " ").split())
    if not 0 < len(board) <= 200 or specialty not in SPECIALTIES:
        raise BadPaper()
    row = BoardCertificate.objects.create(practitioner=doctor, board=board, specialty=specialty, expires_on=expires_on)
    _record(actor, "directory.register_certificate", now, "BoardCertificate", row.id)
    return row


@transaction.atomic
def verify_certificate(*, actor: Actor, now: datetime, certificate_id: UUID, against: str) -> BoardCertificate:
    """Write down that a board certificate was checked, when and against what source.

    Raises: SourceMissing, NotFound.
    """
    rows = BoardCertificate.objects.select_for_update().select_related("practitioner")
    row = rows.filter(id=certificate_id).first()
    if row is None:
        raise NotFound()
    facts = PlaceFacts(row.practitioner.organization_id)
    authorise(actor, "directory.verify_certificate", facts, Context(now))
    row.verified_against, row.verified_at = _source(against), now
    row.save(update_fields=["verified_at", "verified_against"])
    _record(actor, "directory.verify_certificate", now, "BoardCertificate", row.id)
    announce(PapersChanged(row.practitioner_id))
    return row


def _source(against: str) -> str:
    against = " ".join(against.replace("\x00", " ").split())[:200]
    if not against:
        raise SourceMissing()
    return against
