"""Words of this room's pages."""

from __future__ import annotations

from django import template
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from bedside.intake.terms import REASONS

register = template.Library()

_OUTCOMES = {
    "new": _("new"),
    "changed": _("changed"),
    "same": _("here before"),
    "held": _("wait"),
    "refused": _("not taken"),
}
_KINDS = {
    "AllergyIntolerance": _("Allergies"),
    "CarePlan": _("Care plans"),
    "Condition": _("Problems"),
    "DiagnosticReport": _("Reports"),
    "DocumentReference": _("Documents"),
    "Encounter": _("Encounters"),
    "Goal": _("Goals"),
    "Immunization": _("Immunizations"),
    "MedicationRequest": _("Prescriptions"),
    "MedicationStatement": _("Medicines"),
    "Observation": _("Results and measured values"),
    "Organization": _("Organizations"),
    "Patient": _("Patients"),
    "Practitioner": _("Clinicians"),
    "Procedure": _("Procedures"),
    "message": _("Messages"),
}
_REASONS = dict(REASONS)


@register.filter
def told(words: str) -> str:
    """Say the words of a term in the reader's language."""
    return gettext(words) if words else ""


@register.filter
def outcome(name: str) -> str:
    """Say what becomes of some things."""
    return str(_OUTCOMES.get(name, name))


@register.filter
def kind_name(kind: str) -> str:
    """Say what a type of resource is in words people use; the type's own name where there are none."""
    return str(_KINDS.get(kind, kind))


@register.filter
def reason_words(reason: str) -> str:
    """Say why something is not taken."""
    return gettext(_REASONS.get(reason, reason))
