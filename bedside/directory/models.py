"""Hospitals, clinics, pharmacies and laboratories; practitioners and what they are allowed to do."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models

from bedside.accounts.models import Person
from bedside.kernel.ids import new_id

from .terms import AFFILIATIONS, ORGANIZATION_KINDS, REGIONS


class Organization(models.Model):
    """A place that gives care, as a legal body."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    kind = models.CharField(max_length=16, choices=ORGANIZATION_KINDS)
    name = models.CharField(max_length=200)
    phone = models.CharField(max_length=32, blank=True)
    email = models.EmailField(blank=True)
    time_zone = models.CharField(max_length=64, default="America/Chicago")
    country = models.CharField(max_length=2, default="US")
    #: How long before the start a patient may still change or cancel without a fee.
    change_window_minutes = models.PositiveIntegerField(default=120)

    class Meta:
        db_table = "organization"

    def __str__(self) -> str:
        return self.name


class Location(models.Model):
    """A building or floor of an organisation, with an address people can go to."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    organization = models.ForeignKey(Organization, on_delete=models.PROTECT, related_name="locations")
    name = models.CharField(max_length=200)
    street = models.CharField(max_length=200, blank=True)
    city = models.CharField(max_length=100, blank=True)
    region = models.CharField(max_length=10, blank=True)
    postal_code = models.CharField(max_length=16, blank=True)
    country = models.CharField(max_length=2, default="US")
    phone = models.CharField(max_length=32, blank=True)

    class Meta:
        db_table = "location"


class Affiliation(models.Model):
    """A person works at an organisation."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="affiliations")
    organization = models.ForeignKey(Organization, on_delete=models.PROTECT, related_name="affiliations")
    role = models.CharField(max_length=24, choices=AFFILIATIONS)
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        db_table = "affiliation"


def organizations_of(now: datetime, person: models.OuterRef) -> models.QuerySet[Affiliation, Any]:
    """Return, as a subquery, the ids of the organisations a person works at now."""
    held = models.Q(ends_at__isnull=True) | models.Q(ends_at__gt=now)
    return Affiliation.objects.filter(held, starts_at__lte=now, person_id=person).values("organization_id")


class Practitioner(models.Model):
    """A clinician as patients see them. The primary key is the person's id.

    Units: `fee_minor` is in the minor unit of `currency`; `visit_minutes` is the length of one bookable visit.
    """

    person = models.OneToOneField(Person, on_delete=models.PROTECT, primary_key=True, related_name="practitioner")
    organization = models.ForeignKey(Organization, on_delete=models.PROTECT, related_name="practitioners")
    title = models.CharField(max_length=20, default="Dr")
    specialties = ArrayField(models.CharField(max_length=16))
    languages = ArrayField(models.CharField(max_length=8))
    biography = models.TextField(blank=True)
    biography_es = models.TextField(blank=True)
    fee_minor = models.PositiveIntegerField()
    currency = models.CharField(max_length=3, default="USD")
    visit_minutes = models.PositiveSmallIntegerField(default=20)
    time_zone = models.CharField(max_length=64, default="America/Chicago")
    is_accepting = models.BooleanField(default=True)

    class Meta:
        db_table = "practitioner"

    @property
    def display_name(self) -> str:
        """Title and name, as patients say it: Dr Lin Chen."""
        return f"{self.title} {self.person.full_name}".strip()

    @property
    def zone(self) -> ZoneInfo:
        """The zone the practitioner works in."""
        return ZoneInfo(self.time_zone)

    @property
    def home_region(self) -> str:
        """The state of the clinic: where a patient is taken to be who did not say."""
        places = self.organization.locations.all()
        return places[0].region if places else ""

    @property
    def home_country(self) -> str:
        """The country of the clinic."""
        return self.organization.country


class License(models.Model):
    """Permission from a state or country to practise there, and what was checked of it."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    practitioner = models.ForeignKey(Practitioner, on_delete=models.PROTECT, related_name="licenses")
    country = models.CharField(max_length=2)
    region = models.CharField(max_length=10, blank=True)
    number = models.CharField(max_length=40)
    expires_on = models.DateField()
    verified_at = models.DateTimeField(null=True, blank=True)
    verified_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    verified_against = models.CharField(max_length=200, blank=True)

    class Meta:
        db_table = "license"
        constraints = [
            models.UniqueConstraint(fields=["country", "region", "number"], name="license_number_once"),
            models.CheckConstraint(
                condition=models.Q(verified_at__isnull=True) | ~models.Q(verified_against=""),
                name="license_verified_against_something",
            ),
        ]

    @property
    def place(self) -> str:
        """The state's name, or the country when the licence covers all of it."""
        return REGIONS.get(self.region, self.region) or self.country


class BoardCertificate(models.Model):
    """A specialty board's certificate, and what was checked of it."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    practitioner = models.ForeignKey(Practitioner, on_delete=models.PROTECT, related_name="board_certificates")
    board = models.CharField(max_length=200)
    specialty = models.CharField(max_length=16)
    expires_on = models.DateField(null=True, blank=True)
    verified_at = models.DateTimeField(null=True, blank=True)
    verified_against = models.CharField(max_length=200, blank=True)

    class Meta:
        db_table = "board_certificate"


class StartsField(models.Field):  # type: ignore[type-arg]
    """A set of instants at which a visit may begin, kept as a PostgreSQL multirange of single points.

    Why: one statement takes every start that a booking makes impossible out of the set, and the earliest one
    left is `lower()` of it.
    """

    def db_type(self, connection: object) -> str:
        """Name the column's type."""
        return "tstzmultirange"


class DoctorSearch(models.Model):
    """What a search needs to know of one practitioner, in one row. Rebuilt from the truth, never the truth.

    `tags` are the numbers of `terms.tag`; `free` holds starts up to `built_until`.
    """

    practitioner = models.OneToOneField(
        Practitioner, on_delete=models.CASCADE, primary_key=True, related_name="search_row"
    )
    tags = ArrayField(models.IntegerField())
    free = StartsField()
    next_free = models.DateTimeField(null=True)
    built_until = models.DateTimeField()

    class Meta:
        db_table = "doctor_search"
        indexes = [
            GinIndex(fields=["tags"], name="doctor_search_tags"),
            models.Index(fields=["next_free"], name="doctor_search_next_free"),
        ]
