"""The cast: the same people in every test of the house.

Ada is the patient; Ben her father and proxy; Dr Chen her doctor; Dr Diaz works in the same clinic but is not
hers; Eve is another patient, the stranger; Femi runs the clinic; Gita is a nurse; Hal keeps the machines;
Iris guards privacy; Tomás is a telepresenter.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator

from bedside.accounts.models import Person, RoleGrant, User
from bedside.directory.models import (
    Affiliation,
    BoardCertificate,
    License,
    Location,
    Organization,
    Practitioner,
)
from bedside.kernel.time import UTC
from bedside.platform.access import Actor
from bedside.scheduling.models import AvailabilityRule

#: Tuesday 24 November 2026, 9:00 in Austin.
NOW = datetime(2026, 11, 24, 15, 0, tzinfo=UTC)
LONG_AGO = datetime(2021, 1, 4, 15, 0, tzinfo=UTC)
PASSWORD = "correct horse battery staple"

_PEOPLE = {
    "ada": ("Ada", "Reyes", date(1985, 3, 9), "female", "en", ()),
    "ben": ("Ben", "Reyes", date(1957, 6, 2), "male", "es", ()),
    "chen": ("Lin", "Chen", date(1978, 2, 14), "female", "en", ("physician",)),
    "diaz": ("Mateo", "Diaz", date(1981, 9, 30), "male", "es", ("physician",)),
    "eve": ("Eve", "Novak", date(1990, 12, 1), "female", "en", ()),
    "femi": ("Femi", "Adeyemi", date(1975, 5, 5), "male", "en", ("administrator",)),
    "gita": ("Gita", "Rao", date(1988, 8, 8), "female", "en", ("nurse",)),
    "hal": ("Hal", "Berg", date(1970, 1, 1), "male", "en", ("operator",)),
    "iris": ("Iris", "Vance", date(1969, 4, 4), "female", "en", ("privacy_officer",)),
    "tomas": ("Tomás", "Silva", date(1992, 7, 7), "male", "es", ("telepresenter",)),
}


@dataclass(frozen=True)
class Cast:
    """Everyone, and the clinic they meet in. `cast.ada` is a Person; `cast.actor("ada")` is her as an actor."""

    people: dict[str, Person]
    clinic: Organization
    pharmacy: Organization

    def __getattr__(self, name: str) -> Person:
        try:
            return self.people[name]
        except KeyError as error:
            raise AttributeError(name) from error

    def id(self, name: str) -> UUID:
        """Return the person's id."""
        return self.people[name].id

    def actor(self, name: str) -> Actor:
        """Return the person as an actor with their roles and a second factor where staff need one."""
        person = self.people[name]
        roles = frozenset(_PEOPLE[name][5])
        return Actor(
            person_id=person.id,
            name=person.full_name,
            roles=roles,
            language=person.language,
            time_zone=person.time_zone,
            has_second_factor=bool(roles),
            organization_ids=frozenset({self.clinic.id}) if roles else frozenset(),
        )


def assemble() -> Cast:
    """Put the cast and their clinic into the database. Staff have a second step, as they must.

    Table by table, not person by person: a thousand tests begin with this.
    """
    clinic = Organization(kind="clinic", name="Cedar Street Clinic", phone="+15125550140", time_zone="America/Chicago")
    pharmacy = Organization(kind="pharmacy", name="Juniper Pharmacy", phone="+15125550177")
    rows: list[list[Any]] = [[clinic, pharmacy]]
    rows.append([Location(organization=clinic, name="Cedar Street", city="Austin", region="TX", street="12 Cedar St")])
    people = {
        key: Person(
            given_name=given,
            family_name=family,
            birth_on=born,
            sex=sex,
            language=language,
            phone="+15125550100",
        )
        for key, (given, family, born, sex, language, _) in _PEOPLE.items()
    }
    users = {key: User(email=f"{key}@example.org", person=person) for key, person in people.items()}
    for user in users.values():
        user.set_password(PASSWORD)
    roles = [(key, role) for key, entry in _PEOPLE.items() for role in entry[5]]
    rows.append(list(people.values()))
    rows.append(list(users.values()))
    rows.append([EmailAddress(user=u, email=u.email, verified=True, primary=True) for u in users.values()])
    rows.append(
        [
            Authenticator(user=users[key], type="totp", data={"secret": "kept for nobody"})
            for key in dict.fromkeys(key for key, _ in roles)
        ]
    )
    rows.append([RoleGrant(person=people[key], role=role, starts_at=LONG_AGO) for key, role in roles])
    rows.append(
        [
            Affiliation(person=people[key], organization=clinic, role=role, starts_at=LONG_AGO)
            for key, role in roles
            if role != "operator"
        ]
    )
    doctors = [_practise(people[key], clinic, fee, people["femi"]) for key, fee in (("chen", 4500), ("diaz", 4000))]
    rows += [list(table) for table in zip(*doctors, strict=True)][:3]
    rows.append([rule for doctor in doctors for rule in doctor[3]])
    for table in rows:
        type(table[0]).objects.bulk_create(table)
    return Cast(people, clinic, pharmacy)


def _practise(
    person: Person, clinic: Organization, fee_minor: int, verifier: Person
) -> tuple[Practitioner, License, BoardCertificate, list[AvailabilityRule]]:
    practitioner = Practitioner(
        person=person,
        organization=clinic,
        specialties=["207Q00000X"],
        languages=["en", person.language],
        fee_minor=fee_minor,
        visit_minutes=20,
    )
    licence = License(
        practitioner=practitioner,
        country="US",
        region="TX",
        number=f"TX-{person.given_name}",
        expires_on=date(2028, 12, 31),
        verified_at=NOW - timedelta(days=4),
        verified_by=verifier,
        verified_against="Texas Medical Board register",
    )
    certificate = BoardCertificate(
        practitioner=practitioner,
        board="American Board of Family Medicine",
        specialty="207Q00000X",
        expires_on=date(2030, 12, 31),
        verified_at=NOW - timedelta(days=4),
        verified_against="ABMS Certification Matters",
    )
    hours = [
        AvailabilityRule(
            practitioner=practitioner,
            weekday=weekday,
            starts=time(9),
            ends=time(17),
            slot_minutes=20,
            time_zone="America/Chicago",
            valid_from_on=date(2021, 1, 4),
        )
        for weekday in range(5)
    ]
    return practitioner, licence, certificate, hours
