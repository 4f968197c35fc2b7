"""The shape of what is typed on this room's pages."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from bedside.consent.terms import RESULT_SCOPES, RESULT_WAYS
from bedside.record.terms.lab_tests import LAB_TESTS

from .terms import NEXT_STEPS, NOTE_MOST


def _steps() -> list[tuple[str, str]]:
    return [(code, words.told(get_language() or "en")) for code, words in NEXT_STEPS.items()]


class SeenForm(forms.Form):
    """That a version was seen, what the patient should know, and what comes next."""

    version = forms.IntegerField(min_value=1, max_value=2_000_000, widget=forms.HiddenInput)
    note = forms.CharField(
        label=_("A note to the patient"),
        help_text=_("They read it beside the result. You can leave it empty."),
        required=False,
        max_length=NOTE_MOST,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    next_step = forms.ChoiceField(label=_("What comes next"), required=False, choices=_steps)


class GiveForm(forms.Form):
    """Who should see a result."""

    person_id = forms.UUIDField()


class ChoiceForm(forms.Form):
    """When results open: what it is about (`all`, `kind:pathology`, `test:4548-4`), and when."""

    about = forms.RegexField(regex=r"^(all|kind:[a-z]+|test:[\w.-]{1,64})$")
    way = forms.ChoiceField(choices=RESULT_WAYS)

    def clean(self) -> dict[str, Any]:
        """Return the choice as the command takes it."""
        data = super().clean() or {}
        scope, _colon, code = data.get("about", "").partition(":")
        known = LAB_TESTS.get(code)
        label = known.name.told(get_language() or "en") if known else code
        return {"scope": scope, "code": code, "way": data.get("way", ""), "label": label if scope == "test" else ""}

    def clean_about(self) -> str:
        """Refuse kinds nobody knows."""
        scopes = dict(RESULT_SCOPES)
        about: str = self.cleaned_data["about"]
        if about.partition(":")[0] not in scopes:
            raise forms.ValidationError(_("Pick what it is about."))
        return about
