"""Make the people: personas, doctors, patients, and their logins."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from allauth.account.models import EmailAddress
from django.contrib.auth.hashers import make_password

from bedside.accounts.models import Person, RoleGrant, User
from bedside.platform.ui.faces import seed_for

from .dice import Dice
from .names import FAMILY, GIVEN_FEMALE, GIVEN_MALE, TOWNS
from .personas import PASSWORD, PERSONAS

#: How many of a hundred patients speak Spanish at home.
SPANISH_PERCENT = 38


@dataclass
class People:
    """Everyone, by part."""

    personas: dict[str, Person] = field(default_factory=dict)
    doctors: list[Person] = field(default_factory=list)
    patients: list[Person] = field(default_factory=list)

    def everyone(self) -> Iterable[Person]:
        """Every person once."""
        yield from self.personas.values()
        yield from (doctor for doctor in self.doctors if doctor.pk not in self._persona_ids)
        yield from (patient for patient in self.patients if patient.pk not in self._persona_ids)

    @property
    def _persona_ids(self) -> set[object]:
        return {person.pk for person in self.personas.values()}


def make_people(dice: Dice, *, doctors: int, patients: int, now: datetime) -> People:
    """Make and store the personas, then as many more doctors and patients as asked for."""
    people = People()
    for persona in PERSONAS:
        people.personas[persona.key] = Person(
            id=dice.id(), given_name=persona.given_name, family_name=persona.family_name, birth_on=persona.birth_on,
            sex=persona.sex, language=persona.language, phone=dice.phone(), portrait_seed=persona.portrait_seed,
        )  # fmt: skip
    people.doctors = [people.personas["chen"], people.personas["diaz"]]
    people.patients = [people.personas["ada"], people.personas["ben"], people.personas["eve"]]
    people.doctors += [_person(dice, 30, 68, now.date(), doctor=True) for _ in range(max(0, doctors - 2))]
    people.patients += [_person(dice, 0, 92, now.date()) for _ in range(max(0, patients - 3))]
    everyone = list(people.everyone())
    Person.objects.bulk_create(everyone, batch_size=2000)
    _give_logins(everyone, people)
    _give_roles(people, now)
    return people


def _person(dice: Dice, youngest: int, oldest: int, today: date, *, doctor: bool = False) -> Person:
    sex = dice.pick(("female", "male"))
    years = dice.random.triangular(youngest, oldest, 47)
    return Person(
        id=dice.id(),
        given_name=dice.pick(GIVEN_FEMALE if sex == "female" else GIVEN_MALE),
        family_name=dice.pick(FAMILY),
        birth_on=today - timedelta(days=int(years * 365.25) + dice.random.randrange(365)),
        sex=sex,
        language="es" if dice.chance((20 if doctor else SPANISH_PERCENT) / 100) else "en",
        time_zone=dice.pick(TOWNS)[2],
        phone=dice.phone(),
        portrait_seed=seed_for(
            dice.random.randrange(1, 1_000_000), is_woman=sex == "female", age=int(years), is_clinician=doctor
        ),
    )


def _give_logins(everyone: list[Person], people: People) -> None:
    emails = {people.personas[persona.key].pk: persona.email for persona in PERSONAS}
    password = make_password(PASSWORD)
    users = [
        User(id=person.id, email=emails.get(person.pk) or _email(person, n), password=password, person=person)
        for n, person in enumerate(everyone)
    ]
    User.objects.bulk_create(users, batch_size=2000)
    EmailAddress.objects.bulk_create(
        [EmailAddress(user=user, email=user.email, verified=True, primary=True) for user in users], batch_size=2000
    )


def _email(person: Person, n: int) -> str:
    plain = unicodedata.normalize("NFKD", f"{person.given_name}.{person.family_name}")
    letters = "".join(c for c in plain.lower() if c.isascii() and (c.isalnum() or c == "."))
    return f"{letters}.{n}@rehearsal.example"


def _give_roles(people: People, now: datetime) -> None:
    since = now - timedelta(days=5 * 365)
    grants = [
        RoleGrant(person=people.personas[persona.key], role=role, starts_at=since)
        for persona in PERSONAS
        for role in persona.roles
    ]
    grants += [RoleGrant(person=doctor, role="physician", starts_at=since) for doctor in people.doctors[2:]]
    RoleGrant.objects.bulk_create(grants, batch_size=2000)
