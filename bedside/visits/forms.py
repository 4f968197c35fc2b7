"""What people fill in around a visit: the check-in, a line of chat, why the picture is off."""

from __future__ import annotations

import json
import re
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from bedside.platform.ui.forms import refuse_null_characters

from .regions import choices
from .terms import CHAT_MOST, WHY_MOST

#: More than any honest device test needs. Units: characters.
DEVICE_TEST_MOST = 1_000


class CheckInForm(forms.Form):
    """Where the patient is, how to call back, and their yes."""

    place = forms.CharField(
        label=_("Address, or how to find you"),
        help_text=_("Street and town. In an emergency we send help to this place."),
        max_length=200,
        validators=[refuse_null_characters],
        widget=forms.TextInput(attrs={"autocomplete": "street-address"}),
        error_messages={"required": _("Tell us where you are, so that help can find you.")},
    )
    region = forms.ChoiceField(
        label=_("State or province"),
        choices=lambda: [("", _("Choose")), *choices()],
        error_messages={
            "required": _("Choose the state or province you are in today."),
            "invalid_choice": _("Choose a place from the list."),
        },
    )
    callback_number = forms.CharField(
        label=_("Phone, in case the line drops"),
        help_text=_("We call this number if the connection fails."),
        max_length=32,
        validators=[refuse_null_characters],
        widget=forms.TextInput(attrs={"type": "tel", "autocomplete": "tel", "inputmode": "tel"}),
        error_messages={"required": _("Give a phone number, like 512 555 0182.")},
    )
    consent = forms.BooleanField(
        label=_("I have read this and I agree."),
        error_messages={"required": _("To go on, tick the box that you agree. Ask us if you are not sure.")},
    )
    consent_language = forms.ChoiceField(choices=[("en", "en"), ("es", "es")], widget=forms.HiddenInput, required=False)
    device_test = forms.CharField(widget=forms.HiddenInput, required=False)

    def clean_callback_number(self) -> str:
        """Refuse a number that cannot be called, and say what it needs."""
        number = str(self.cleaned_data["callback_number"]).strip()
        digits = sum(c.isdecimal() for c in number)
        if not re.fullmatch(r"[+(\d][\d ().\-]*", number):
            raise forms.ValidationError(_("A phone number has only digits, spaces and dashes, like 512 555 0182."))
        if not number.startswith("+") and digits < 10:
            raise forms.ValidationError(
                _("This number has %(digits)s digits. It needs 10, like 512 555 0182."), params={"digits": digits}
            )
        if not 7 <= digits <= 15:
            raise forms.ValidationError(_("A phone number has 7 to 15 digits. Look at it again."))
        return " ".join(re.sub(r"[()]", " ", number).split())

    def clean_device_test(self) -> dict[str, Any]:
        """Return the test's figures; whatever cannot be read counts as a test that was skipped."""
        raw = str(self.cleaned_data["device_test"])
        try:
            figures = json.loads(raw) if raw and len(raw) <= DEVICE_TEST_MOST else None
        except ValueError:
            figures = None
        if isinstance(figures, dict):
            return figures
        return dict.fromkeys(("camera", "microphone", "speaker"), "skipped")

    def details(self) -> dict[str, Any]:
        """Return the answers in the words of `check_in_patient`."""
        country, _dash, region = str(self.cleaned_data["region"]).partition("-")
        return {
            "place": self.cleaned_data["place"],
            "region": region,
            "country": country,
            "callback_number": self.cleaned_data["callback_number"],
            "consent_language": self.cleaned_data["consent_language"] or "en",
            "device_test": self.cleaned_data["device_test"],
        }


class ChatForm(forms.Form):
    """One line of chat, sent without scripts."""

    body = forms.CharField(max_length=CHAT_MOST, validators=[refuse_null_characters], widget=forms.Textarea)
    client_id = forms.UUIDField(widget=forms.HiddenInput)


class ModeForm(forms.Form):
    """How the two talk from now on, and why not by video."""

    mode = forms.ChoiceField(choices=[("video", _("Video")), ("voice", _("Voice only")), ("chat", _("Chat only"))])
    why = forms.CharField(max_length=WHY_MOST, required=False)
