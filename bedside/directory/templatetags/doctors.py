"""How a clinician is called, in the reader's language: Dr Lin Chen; Dra. Lin Chen, la Dra. Lin Chen."""

from __future__ import annotations

from django import template
from django.utils.translation import get_language

from bedside.accounts.models import Person
from bedside.directory.models import Practitioner

register = template.Library()

#: Spanish abbreviations (he, she). Source: Ortografía de la lengua española (RAE, 2010), appendix 2.
SPANISH_TITLES = {"Dr": ("Dr.", "Dra.")}


def title_of(title: str, sex: str, language: str) -> str:
    """Return a title as the language writes it."""
    he, she = SPANISH_TITLES.get(title, (title, title)) if language.startswith("es") else (title, title)
    return she if sex == "female" else he


def called(title: str, person: Person, language: str, *, last_name_only: bool = False) -> str:
    """Return title and name as the language writes them."""
    name = person.family_name if last_name_only else person.full_name
    return f"{title_of(title, person.sex, language)} {name}".strip()


@register.filter
def doctor(practitioner: Practitioner) -> str:
    """Call a practitioner by title and name: Dr Lin Chen, Dra. Lin Chen."""
    return called(practitioner.title, practitioner.person, get_language() or "en")


@register.filter
def the_doctor(practitioner: Practitioner) -> str:
    """Call a practitioner inside a sentence: with Dr Lin Chen, con la Dra. Lin Chen."""
    return _inside(practitioner, last_name_only=False)


@register.filter
def the_doctor_short(practitioner: Practitioner) -> str:
    """Call a practitioner inside a sentence by last name: Dr Chen, la Dra. Chen."""
    return _inside(practitioner, last_name_only=True)


def _inside(practitioner: Practitioner, *, last_name_only: bool) -> str:
    language = get_language() or "en"
    name = called(practitioner.title, practitioner.person, language, last_name_only=last_name_only)
    if not language.startswith("es") or not practitioner.title:
        return name
    return f"{'la' if practitioner.person.sex == 'female' else 'el'} {name}"
