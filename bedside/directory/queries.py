"""Who practises here: one doctor's facts, and search by need."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.db import connection
from django.db.models import QuerySet

from bedside.kernel.errors import NotFound
from bedside.kernel.time import UTC, local_day_bounds
from bedside.platform.access import Actor, Context, authorise

from .models import License, Location, Organization, Practitioner
from .policy import PlaceFacts
from .rules import Bookable, covers, is_checked, may_be_booked
from .terms import tag

PAGE = 10


def _checked_doctors() -> QuerySet[Practitioner]:
    return Practitioner.objects.select_related("person", "organization").prefetch_related(
        "licenses", "board_certificates"
    )


def booking_facts(*, practitioner_id: UUID) -> Practitioner:
    """Return a practitioner with person, clinic, licences and certificates, for deciding about a booking.

    Raises: NotFound.
    """
    doctor = _checked_doctors().filter(pk=practitioner_id).first()
    if doctor is None:
        raise NotFound()
    return doctor


def practice_facts(*, practitioner_id: UUID) -> Practitioner:
    """Return a practitioner's own row: zone, length and price of a visit. One query.

    Raises: NotFound.
    """
    doctor = Practitioner.objects.filter(pk=practitioner_id).first()
    if doctor is None:
        raise NotFound()
    return doctor


def get_practitioner(*, actor: Actor, practitioner_id: UUID, now: datetime) -> Practitioner:
    """Return a practitioner as patients see them, with what was checked of them.

    Raises: NotFound.
    """
    authorise(actor, "directory.find_practitioners")
    return booking_facts(practitioner_id=practitioner_id)


@dataclass(frozen=True, slots=True)
class Found:
    """A practitioner who fits, the licence that covers the patient, and when they are free, soonest first."""

    practitioner: Practitioner
    license: License
    starts: tuple[datetime, ...]


@dataclass(frozen=True, slots=True)
class FoundPage:
    """One page of a search, and how many fit in all."""

    doctors: tuple[Found, ...]
    total: int
    page: int

    @property
    def has_more(self) -> bool:
        """Say whether another page follows."""
        return self.total > self.page * PAGE


#: `first` is the row's own next free time unless that has passed: only then is the set looked into. Why: the sets
#: are long, and a search over everyone would read every one of them for ten doctors on the page.
_SEARCH = """
WITH fits AS (
    SELECT search.practitioner_id,
           CASE WHEN search.next_free >= %(after)s THEN search.next_free
                ELSE lower(search.free * tstzmultirange(tstzrange(%(after)s, NULL))) END AS first
    FROM doctor_search AS search
    JOIN practitioner AS doctor ON doctor.person_id = search.practitioner_id
    WHERE search.tags @> %(tags)s::int[] AND search.next_free IS NOT NULL AND doctor.is_accepting
      AND (%(fee)s::int IS NULL OR (doctor.fee_minor <= %(fee)s AND doctor.currency = %(currency)s))
      AND EXISTS (SELECT 1 FROM license WHERE license.practitioner_id = search.practitioner_id
                  AND license.country = %(country)s AND license.region IN ('', %(region)s)
                  AND license.number <> '' AND license.verified_at IS NOT NULL
                  AND license.expires_on >= %(after)s::date)
      AND EXISTS (SELECT 1 FROM board_certificate AS board WHERE board.practitioner_id = search.practitioner_id
                  AND board.verified_at IS NOT NULL AND board.verified_against <> ''
                  AND (board.expires_on IS NULL OR board.expires_on >= %(after)s::date))
), page AS MATERIALIZED (
    SELECT practitioner_id, first, count(*) OVER () AS total
    FROM fits WHERE first IS NOT NULL
    ORDER BY first, practitioner_id LIMIT %(most)s OFFSET %(skip)s
)
SELECT page.practitioner_id, page.total, ARRAY(
    SELECT extract(epoch FROM lower(one))::bigint
    FROM unnest(search.free * tstzmultirange(tstzrange(%(after)s, NULL))) AS one)
FROM page JOIN doctor_search AS search USING (practitioner_id)
ORDER BY page.first, page.practitioner_id
"""


def search_practitioners(
    *,
    actor: Actor,
    now: datetime,
    specialty: str = "",
    language: str = "",
    region: str = "",
    country: str = "US",
    max_fee_minor: int | None = None,
    currency: str = "USD",
    free_after: datetime | None = None,
    page: int = 1,
) -> FoundPage:
    """Return the bookable practitioners who fit a need, those free soonest first. Four queries.

    `region` and `country` are where the patient will be: only licences that cover that place count.
    """
    authorise(actor, "directory.find_practitioners")
    tags = [tag("specialty", specialty)] if specialty else []
    tags += [tag("language", language)] if language else []
    values = {
        "tags": tags,
        "region": region,
        "country": country,
        "fee": max_fee_minor,
        "currency": currency,
        "after": free_after or now,
        "most": PAGE,
        "skip": PAGE * (page - 1),
    }
    with connection.cursor() as cursor:
        cursor.execute(_SEARCH, values)
        rows = cursor.fetchall()
    doctors = {doctor.pk: doctor for doctor in _checked_doctors().filter(pk__in=[row[0] for row in rows])}
    found = []
    for practitioner_id, _, epochs in rows:
        doctor = doctors[practitioner_id]
        licence = covering_license(doctor, region, country)
        if licence is not None:
            ends = local_day_bounds(licence.expires_on, doctor.time_zone)[1].timestamp()
            good = tuple(datetime.fromtimestamp(epoch, UTC) for epoch in epochs if epoch < ends)
            found.append(Found(doctor, licence, good))
    return FoundPage(tuple(found), rows[0][1] if rows else 0, page)


def covering_license(doctor: Practitioner, region: str, country: str) -> License | None:
    """Return the checked licence that covers the patient's place and is good for longest."""
    papers = [one for one in doctor.licenses.all() if covers(one, region, country) and is_checked(one)]
    return max(papers, key=lambda one: one.expires_on, default=None)


def home_region() -> str:
    """Return the state most of our places are in: where a patient is taken to be who never said."""
    return Location.objects.exclude(region="").values_list("region", flat=True).order_by("id").first() or ""


def list_practitioners(*, actor: Actor, now: datetime) -> list[Practitioner]:
    """Return the practitioners of the actor's organisations, for those who look after their papers."""
    authorise(actor, "directory.check_papers")
    mine = _checked_doctors().filter(organization_id__in=actor.organization_ids)
    return list(mine.order_by("person__family_name", "person__given_name"))


def list_organizations(*, actor: Actor, kind: str) -> list[Organization]:
    """Return the organisations of a kind by name: pharmacies for a prescription, laboratories for an order."""
    authorise(actor, "directory.find_practitioners")
    return list(Organization.objects.filter(kind=kind).prefetch_related("locations").order_by("name"))


@dataclass(frozen=True, slots=True)
class Standing:
    """Whether a clinician can be booked today where their clinic is, why not, and when their licence ends."""

    doctor: Practitioner
    bookable: Bookable
    good_until: date | None


def list_standing(*, actor: Actor, now: datetime) -> list[Standing]:
    """Return how the papers of the actor's clinicians stand: those who cannot be booked first, then by what ends."""
    found = []
    homes: dict[UUID, str] = {}
    for place in Location.objects.filter(organization_id__in=actor.organization_ids).order_by("id"):
        homes.setdefault(place.organization_id, place.region)
    for doctor in list_practitioners(actor=actor, now=now):
        region, country = homes.get(doctor.organization_id, ""), doctor.home_country
        today = now.astimezone(doctor.zone).date()
        papers, boards = doctor.licenses.all(), doctor.board_certificates.all()
        best = covering_license(doctor, region, country)
        bookable = may_be_booked(papers, boards, region, country, today)
        found.append(Standing(doctor, bookable, best.expires_on if best else None))
    return sorted(found, key=lambda one: (one.bookable.ok, one.good_until or date.min))


def get_papers(*, actor: Actor, practitioner_id: UUID, now: datetime) -> Practitioner:
    """Return one clinician of the actor's organisation with their papers.

    Raises: NotFound.
    """
    doctor = booking_facts(practitioner_id=practitioner_id)
    authorise(actor, "directory.register_license", PlaceFacts(doctor.organization_id), Context(now))
    return doctor
