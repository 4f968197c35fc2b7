"""Shape and wording of what is typed into a chart."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from .terms import LONGEST_LINE, LONGEST_NAME
from .terms.vitals import VITALS


class DayInput(forms.DateInput):
    """A day, picked or typed."""

    input_type = "date"

    def __init__(self) -> None:
        super().__init__(format="%Y-%m-%d")


class AllergyForm(forms.Form):
    """Something the patient must not get."""

    substance = forms.CharField(widget=forms.HiddenInput)
    reaction = forms.CharField(label=_("What happened"), max_length=LONGEST_LINE, required=False)
    severity = forms.ChoiceField(
        label=_("How bad"),
        required=False,
        choices=[
            ("", _("Not known")),
            ("mild", _("Mild")),
            ("moderate", _("Moderate")),
            ("severe", _("Severe")),
        ],
    )
    onset_on = forms.DateField(label=_("When"), required=False, widget=DayInput())


class MedicineForm(forms.Form):
    """A medicine the patient says they take."""

    medicine = forms.CharField(label=_("Medicine they take"), max_length=LONGEST_NAME)
    taken = forms.CharField(label=_("How they take it"), max_length=LONGEST_LINE, required=False)


class StopForm(forms.Form):
    """Why a medicine or a prescription ends."""

    why = forms.CharField(label=_("Why"), max_length=LONGEST_LINE, required=False)


class VitalForm(forms.Form):
    """Measured values, each in its own box; those left empty are not written."""

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        for key, measure in VITALS.items():
            self.fields[key] = forms.CharField(required=False, max_length=12)
            if measure.parts:
                self.fields[f"{key}_second"] = forms.CharField(required=False, max_length=12)

    def values(self) -> list[tuple[str, str, str]]:
        """Return (measure, value, second value) of the boxes that hold something."""
        data = self.cleaned_data
        return [(key, data[key], data.get(f"{key}_second", "")) for key in VITALS if data[key]]


class HomeCareForm(forms.Form):
    """A plan of home care, and the day we ask how it went."""

    plan = forms.CharField(widget=forms.HiddenInput)
    check_back_on = forms.DateField(label=_("Ask how it went on"), required=False, widget=DayInput())


class AddendumForm(forms.Form):
    """What is added to a signed note."""

    text = forms.CharField(label=_("Add to this note"), max_length=20_000, widget=forms.Textarea(attrs={"rows": 2}))
