"""The shape and wording of what people fill in."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from django import forms
from django.utils.translation import gettext as now_say
from django.utils.translation import gettext_lazy as _

from bedside.directory.terms import REGIONS, SPECIALTIES, SPOKEN_LANGUAGES
from bedside.platform.ui.forms import refuse_null_characters

from .pages import read_choice

MODE_CHOICES = [("video", _("Video")), ("voice", _("Voice only")), ("chat", _("Chat"))]
#: How to meet, with the icon that stands beside the word.
WAYS = [
    ("video", _("Video"), "video"),
    ("voice", _("Voice only"), "phone"),
    ("chat", _("Chat"), "message-circle"),
]
WEEKDAYS = [
    ("0", _("Monday")),
    ("1", _("Tuesday")),
    ("2", _("Wednesday")),
    ("3", _("Thursday")),
    ("4", _("Friday")),
    ("5", _("Saturday")),
    ("6", _("Sunday")),
]
PRICES = [("", _("Any price")), ("4000", _("Up to $40")), ("5000", _("Up to $50")), ("10000", _("Up to $100"))]


def _said(names: dict[str, str], first: Any) -> list[tuple[str, Any]]:
    return [("", first), *sorted(((code, now_say(name)) for code, name in names.items()), key=lambda p: p[1])]


class FinderForm(forms.Form):
    """What a patient looks for. Every field has a value when nothing was said."""

    specialty = forms.ChoiceField(label=_("What kind of doctor?"), required=False)
    how = forms.ChoiceField(label=_("How"), choices=MODE_CHOICES, required=False)
    language = forms.ChoiceField(label=_("Language"), required=False)
    region = forms.ChoiceField(label=_("Where you will be"), required=False)
    price = forms.ChoiceField(label=_("Price"), choices=PRICES, required=False)
    page = forms.IntegerField(required=False, min_value=1, max_value=1000, widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["specialty"].choices = _said(SPECIALTIES, _("Any doctor"))  # type: ignore[attr-defined]
        self.fields["language"].choices = _said(SPOKEN_LANGUAGES, _("Any language"))  # type: ignore[attr-defined]
        for name in ("specialty", "language", "region", "price"):
            self.fields[name].widget.attrs["class"] = "input"
        self.fields["region"].choices = sorted(REGIONS.items(), key=lambda p: p[1])  # type: ignore[attr-defined]

    @property
    def wanted(self) -> dict[str, Any]:
        """What was asked for; a field with a value we do not know counts as not filled in."""
        self.is_valid()
        good = self.cleaned_data
        return {
            "specialty": good.get("specialty") or "",
            "language": good.get("language") or "",
            "region": good.get("region") or "",
            "how": good.get("how") or "video",
            "max_fee_minor": int(good["price"]) if good.get("price") else None,
            "page": good.get("page") or 1,
        }


class HoldForm(forms.Form):
    """A chosen time. The page's own buttons fill it in."""

    time = forms.CharField(max_length=80, error_messages={"required": _("Choose a time first, then press the button.")})
    how = forms.ChoiceField(choices=MODE_CHOICES, required=False)
    region = forms.CharField(max_length=10, required=False)

    def clean_time(self) -> tuple[UUID, datetime, int]:
        """Return who, when and the price that was shown."""
        chosen = read_choice(self.cleaned_data["time"])
        if chosen is None:
            raise forms.ValidationError(_("Choose one of the times on the page."))
        return chosen


class ReasonForm(forms.Form):
    """Why the patient comes, in their own words."""

    reason = forms.CharField(
        label=_("Why do you want to see the doctor?"),
        help_text=_("A few words are enough. Only those who care for you can read this."),
        widget=forms.Textarea(attrs={"rows": 4}),
        max_length=2000,
        required=False,
        validators=[refuse_null_characters],
    )


class CancelForm(forms.Form):
    """Why a visit is called off, if someone likes to say."""

    why = forms.CharField(
        label=_("Do you want to say why?"), max_length=400, required=False, validators=[refuse_null_characters]
    )


class MoveForm(forms.Form):
    """The new time of a visit."""

    time = HoldForm.base_fields["time"]

    clean_time = HoldForm.clean_time


class HoursForm(forms.Form):
    """A stretch of a weekday."""

    weekday = forms.ChoiceField(label=_("Day"), choices=WEEKDAYS)
    starts = forms.TimeField(label=_("From"), widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"))
    ends = forms.TimeField(label=_("Until"), widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"))


class WallDateTimeField(forms.Field):
    """A date and a time as the clock on the wall shows them, without a zone."""

    widget = forms.DateTimeInput(attrs={"type": "datetime-local"})

    def to_python(self, value: Any) -> datetime | None:
        """Read 2026-11-24T14:20."""
        if value in self.empty_values:
            return None
        try:
            wall = datetime.fromisoformat(str(value)).replace(tzinfo=None)
        except ValueError as error:
            raise forms.ValidationError(_("Enter a day and a time.")) from error
        if not 2000 <= wall.year <= 2100:
            raise forms.ValidationError(_("Enter a day and a time."))
        return wall


class TimeOffForm(forms.Form):
    """A stretch without patients, in the doctor's own wall time."""

    starts = WallDateTimeField(label=_("From"))
    ends = WallDateTimeField(label=_("Until"))
    note = forms.CharField(
        label=_("Note for the clinic"), max_length=200, required=False, validators=[refuse_null_characters]
    )


class OfferForm(forms.Form):
    """From which day on a follow-up should be offered."""

    on_or_after = forms.DateField(
        label=_("Not before"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
