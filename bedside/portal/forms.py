"""The shape of what is typed on this room's pages."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from bedside.consent.terms import BREAK_GLASS_NOTE_LEAST, BREAK_GLASS_NOTE_MOST


class SearchLog(forms.Form):
    """What to look for in the log. Everything may be left empty."""

    patient = forms.CharField(label=_("About the patient"), max_length=200, required=False)
    person = forms.CharField(label=_("By the person"), max_length=200, required=False)
    on = forms.DateField(label=_("On the day"), required=False, widget=forms.DateInput(attrs={"type": "date"}))


class OpenInEmergency(forms.Form):
    """Which chart, and why. Asking for the exact name and birthday keeps it from being a way to browse."""

    given_name = forms.CharField(label=_("Given name"), max_length=100)
    family_name = forms.CharField(label=_("Family name"), max_length=100)
    birth_on = forms.DateField(label=_("Birthday"), widget=forms.DateInput(attrs={"type": "date"}))
    note = forms.CharField(
        label=_("Why do you need this chart now?"),
        help_text=_("The patient and the privacy officer will read this."),
        min_length=BREAK_GLASS_NOTE_LEAST,
        max_length=BREAK_GLASS_NOTE_MOST,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
