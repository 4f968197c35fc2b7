"""Who a patient from elsewhere is here. Certain only by a number or a name the source has used before; else proposed.

Two people may share a name and a birthday, so an equal name is never enough: a person here looks and says.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from bedside.accounts.models import Person

from .hl7v2.subjects import Number, Subject
from .models import PatientAlias, PatientNumber
from .terms import PERSON_IDENTIFIER, TELLING_NUMBERS

#: Numbers that many people may be found by wrongly, or that tell nothing here. Source: ours.
_NOT_TELLING = frozenset({"http://hl7.org/fhir/sid/us-ssn", "urn:ietf:rfc:3986", "urn:oid:2.16.840.1.113883.4.1"})
#: What a number of ours may stand under: in FHIR, and as HL7 v2 names the house as its authority.
_OWN = frozenset({PERSON_IDENTIFIER, "urn:bedside:numbers:bedside"})


@dataclass(frozen=True, slots=True)
class Match:
    """Who it is. Shape: `state` is of `terms.SUBJECTS`; `person_id` when that is certain, `proposed_id` when not."""

    state: str
    person_id: UUID | None = None
    proposed_id: UUID | None = None


def telling(numbers: Iterable[Number]) -> list[Number]:
    """Return the numbers that tell who someone is."""
    return [
        one
        for one in numbers
        if one.system not in _NOT_TELLING
        and one.system not in _OWN
        and (one.kind in TELLING_NUMBERS or not one.kind)
        and len(one.system) <= 200
    ]


def holders(numbers: Iterable[Number]) -> dict[Number, UUID]:
    """Return who of this house has each of these numbers. Numbers nobody has are left out."""
    numbers = list(numbers)
    found = {one: person for one in numbers if one.system in _OWN and (person := _own(one.value))}
    asked = telling(numbers)
    rows = PatientNumber.objects.filter(system__in={n.system for n in asked}, value__in={n.value for n in asked})
    known = {(row.system, row.value): row.person_id for row in rows}
    return found | {one: known[one.system, one.value] for one in asked if (one.system, one.value) in known}


def _own(value: str) -> UUID | None:
    try:
        id = UUID(value.removeprefix("urn:uuid:"))
    except ValueError:
        return None
    return id if Person.objects.filter(pk=id).exists() else None


def is_same_birthday(subject: Subject, person: Person) -> bool:
    """Say whether nothing speaks against one being the other: both birthdays are equal, or one is not known."""
    return subject.birth_on is None or person.birth_on is None or subject.birth_on == person.birth_on


def is_same_family(subject: Subject, person: Person) -> bool:
    """Say whether the family names are equal, or one is not known."""
    mine, theirs = _folded(subject.family), _folded(person.family_name)
    return not mine or not theirs or mine == theirs


def match(subject: Subject, *, source: str, keys: Iterable[str], own_id: UUID) -> Match:
    """Return who a patient of a file is.

    Shape: `keys` are what the source calls them; `own_id` is the id they would get as a new person.
    """
    named = set(PatientAlias.objects.filter(source=source, key__in=list(keys)).values_list("person_id", flat=True))
    if len(named) == 1:
        person = Person.objects.get(pk=named.pop())
        if is_same_birthday(subject, person):
            return Match("known", person.pk)
        return Match("unclear", proposed_id=person.pk)
    by_number = set(holders(subject.numbers).values())
    if len(named | by_number) > 1:
        return Match("unclear")
    here = Person.objects.filter(pk=own_id).first()
    person = Person.objects.filter(pk=next(iter(by_number))).first() if by_number else here
    if person is not None:
        is_certain = is_same_birthday(subject, person) and is_same_family(subject, person)
        return Match("known", person.pk) if is_certain else Match("unclear", proposed_id=person.pk)
    alike = _alike(subject)
    if alike:
        return Match("proposed" if len(alike) == 1 else "unclear", proposed_id=alike[0].pk)
    return Match("new", own_id)


def _alike(subject: Subject) -> list[Person]:
    """Return people of the same names, birthday and sex."""
    if not (subject.family and subject.given and subject.birth_on):
        return []
    rows = Person.objects.filter(birth_on=subject.birth_on, family_name__iexact=subject.family).order_by("created_at")
    first = _folded(subject.given).split(" ")[0]
    return [
        row
        for row in rows[:50]
        if _folded(row.given_name).split(" ")[0] == first and (not subject.sex or row.sex in ("", subject.sex))
    ]


def _folded(text: str) -> str:
    return " ".join(text.casefold().split())
