"""The shape of a licence, and of having checked one."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from bedside.platform.ui.forms import refuse_null_characters

from .terms import REGION_NAMES


class LicenseForm(forms.Form):
    """A licence as it stands on paper."""

    region = forms.ChoiceField(label=_("State"), choices=REGION_NAMES)
    number = forms.CharField(label=_("Number"), max_length=40, validators=[refuse_null_characters])
    expires_on = forms.DateField(
        label=_("Good until"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )


class CheckForm(forms.Form):
    """The source a paper was checked against."""

    against = forms.CharField(label=_("Checked against"), max_length=200, validators=[refuse_null_characters])
