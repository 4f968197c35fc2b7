"""The shape and wording of what people type here."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from allauth.account.forms import LoginForm, SignupForm
from allauth.mfa.base.forms import AuthenticateForm, ReauthenticateForm
from allauth.mfa.webauthn.forms import (
    AddWebAuthnForm,
    AuthenticateWebAuthnForm,
    LoginWebAuthnForm,
    ReauthenticateWebAuthnForm,
)
from django import forms
from django.contrib.auth.password_validation import password_validators_help_texts
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.http import HttpRequest
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext_lazy as _

from bedside.kernel.time import is_zone, utc_now
from bedside.platform.access import ANONYMOUS

from . import commands, rules
from .models import User
from .passwords import NotAboutYou
from .scopes import SCOPES_LENGTH_MOST, ScopeRefused, parse_scopes
from .terms import DEFAULT_ZONE, LANGUAGES, TOKEN_DAYS, TOKEN_NAME_MOST, ZONES

_NAME_FAULTS = {
    "empty": _("Please type a name."),
    "long": _("That name is too long. Use at most 100 letters."),
    "hidden": _("That name has hidden signs in it. Please type it by hand."),
    "wordless": _("A name needs at least one letter."),
}
_UNREADABLE = _("Your device gave an answer we could not read. Try again.")
_BIRTH_FAULTS = {
    "future": _("That day is still to come. Check the year."),
    "past": _("That is longer ago than anyone has lived. Check the year."),
}

_OFFERED = [(code, _(name)) for code, name in ZONES]


class NameField(forms.CharField):
    """A person's name, in any script."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(max_length=rules.NAME_LENGTH_MOST, **kwargs)
        self.error_messages["max_length"] = _NAME_FAULTS["long"]

    def clean(self, value: Any) -> str:
        """Return the name in one form, or say what is wrong with it."""
        name = rules.tidy_name(super().clean(value))
        fault = rules.name_fault(name) if name or self.required else ""
        if fault:
            raise ValidationError(_NAME_FAULTS[fault], code=fault)
        return name


class ZoneField(forms.ChoiceField):
    """A time zone: one of those offered, or any other that exists (the browser may know a better one)."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(choices=_OFFERED, **kwargs)

    def valid_value(self, value: Any) -> bool:
        """Say whether this is a zone at all."""
        return is_zone(str(value))

    def get_bound_field(self, form: forms.BaseForm, field_name: str) -> forms.BoundField:
        """Offer the present value too, when it is not on the short list."""
        bound = super().get_bound_field(form, field_name)
        value = bound.value()
        if value and value not in dict(ZONES) and is_zone(str(value)):
            self.choices = [(value, str(value).replace("_", " ")), *_OFFERED]
        return bound


class SignInForm(LoginForm):
    """E-mail and password."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["login"].label = _("E-mail")
        self.fields["password"].label = _("Password")
        self.fields["password"].help_text = ""
        for field in self.fields.values():
            field.widget.attrs.pop("placeholder", None)


class SignUpForm(SignupForm):
    """Who someone is, and how they will sign in. Answers the same whether or not the e-mail is known here."""

    given_name = NameField(label=_("Given name"), widget=forms.TextInput(attrs={"autocomplete": "given-name"}))
    family_name = NameField(label=_("Family name"), widget=forms.TextInput(attrs={"autocomplete": "family-name"}))
    birth_on = forms.DateField(
        label=_("Date of birth"),
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date", "autocomplete": "bday"}),
        help_text=_("So that your doctor knows your age."),
    )
    language = forms.ChoiceField(label=_("Language"), choices=LANGUAGES)
    time_zone = ZoneField(label=_("Time zone"), initial=DEFAULT_ZONE)

    field_order = ("given_name", "family_name", "email", "password1", "birth_on", "language", "time_zone")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["email"].label = _("E-mail")
        self.fields["password1"].help_text = password_validators_help_texts()[0]
        self.fields["password1"].max_length = 1000
        self.fields["language"].initial = (get_language() or "en")[:2]
        for field in self.fields.values():
            field.widget.attrs.pop("placeholder", None)

    def clean_birth_on(self) -> Any:
        """Refuse a day that cannot be a birthday. Tomorrow is already today somewhere."""
        birth_on = self.cleaned_data["birth_on"]
        fault = rules.birth_fault(birth_on, utc_now().date() + timedelta(days=1))
        if fault:
            raise ValidationError(_BIRTH_FAULTS[fault], code=fault)
        return birth_on

    def clean(self) -> dict[str, Any]:
        """Check the password against the name as well."""
        data = super().clean()
        password = data.get("password1")
        if password and "password1" not in self.errors:
            someone = User(email=data.get("email", ""))
            someone.typed_name = f"{data.get('given_name', '')} {data.get('family_name', '')}"  # type: ignore[attr-defined]
            try:
                NotAboutYou().validate(password, someone)
            except ValidationError as error:
                self.add_error("password1", error)
        return data

    def try_save(self, request: HttpRequest) -> Any:
        """Make the person and the login, or do as much work as if.

        Why: a known e-mail must not answer faster than an unknown one; the password is hashed either way.
        """
        if self.account_already_exists:
            User().set_password(self.cleaned_data["password1"])
            return super().try_save(request)
        try:
            with transaction.atomic():
                return super().try_save(request)
        except IntegrityError:
            self.account_already_exists = True
            return super().try_save(request)


class _OnceOnly:
    """A code from an authenticator app opens the door once."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["code"].widget.attrs.pop("placeholder", None)  # type: ignore[attr-defined]

    def clean_code(self) -> str:
        code = super().clean_code()  # type: ignore[misc]
        digits = "".join(sign for sign in code if sign.isdigit())[:12]
        if self.authenticator.type == "totp" and not commands.spend_code(  # type: ignore[attr-defined]
            actor=ANONYMOUS,
            now=utc_now(),
            user_id=self.user.pk,  # type: ignore[attr-defined]
            code=digits,
        ):
            raise ValidationError(_("That code was used already. Wait for the next one."), code="spent")
        return code


class CodeForm(_OnceOnly, AuthenticateForm):
    """The code asked for while signing in."""


class CodeAgainForm(_OnceOnly, ReauthenticateForm):
    """The code asked for before a change."""


class CredentialField(forms.JSONField):
    """What a browser answers when asked for a passkey. Its shape is checked before anyone reads it."""

    widget = forms.HiddenInput

    def clean(self, value: Any) -> Any:
        """Return the answer, or say that it cannot be read."""
        answer = super().clean(value)
        response = answer.get("response") if isinstance(answer, dict) else None
        texts = [answer.get(part) for part in ("id", "rawId", "type")] if isinstance(answer, dict) else [None]
        if not isinstance(response, dict) or not all(isinstance(text, str) and text for text in texts):
            raise ValidationError(_UNREADABLE, code="shape")
        readable = all(isinstance(part, (str, list)) for part in response.values() if part is not None)
        wanted = {"clientDataJSON", "attestationObject"}, {"clientDataJSON", "authenticatorData", "signature"}
        if not readable or not any(parts <= response.keys() for parts in wanted):
            raise ValidationError(_UNREADABLE, code="shape")
        return answer


class _Shaped:
    """A passkey form whose answer is checked for its shape first."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["credential"] = CredentialField()  # type: ignore[attr-defined]

    def clean_credential(self) -> Any:
        try:
            return super().clean_credential()  # type: ignore[misc]
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            raise ValidationError(_UNREADABLE, code="shape") from error


class PasskeySignInForm(_Shaped, LoginWebAuthnForm):
    """Signing in with a passkey alone."""


class PasskeyStepForm(_Shaped, AuthenticateWebAuthnForm):
    """A passkey as the second step."""


class PasskeyAgainForm(_Shaped, ReauthenticateWebAuthnForm):
    """A passkey asked for before a change."""


class AddPasskeyForm(AddWebAuthnForm):
    """A passkey of this device. It can always be used without a password."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["name"] = NameField(
            label=_("Name of this passkey"), required=False, help_text=_("For you to tell them apart.")
        )
        self.fields["credential"] = CredentialField()
        self.fields.pop("passwordless", None)

    def clean(self) -> dict[str, Any]:
        """Check the passkey, whatever the answer holds."""
        try:
            return super().clean()
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            raise ValidationError(_UNREADABLE, code="shape") from error


class SettingsForm(forms.Form):
    """Name, phone, language and time zone."""

    given_name = NameField(label=_("Given name"), widget=forms.TextInput(attrs={"autocomplete": "given-name"}))
    family_name = NameField(label=_("Family name"), widget=forms.TextInput(attrs={"autocomplete": "family-name"}))
    phone = forms.RegexField(
        r"^\+?[0-9 ().-]{6,30}$",
        label=_("Phone"),
        required=False,
        help_text=_("We call only if the line drops."),
        widget=forms.TextInput(attrs={"autocomplete": "tel", "type": "tel"}),
        error_messages={"invalid": _("Use digits and spaces, like +1 512 555 0182.")},
    )
    language = forms.ChoiceField(label=_("Language"), choices=LANGUAGES)
    time_zone = ZoneField(label=_("Time zone"))


class PersonaSearchForm(forms.Form):
    """Part of a name and a role, to find an invented person by."""

    q = forms.CharField(required=False, max_length=100)
    role = forms.CharField(required=False, max_length=24)


_SCOPE_FAULTS = {
    "shape": _("“%(word)s” is not a scope. Write it like user/Observation.rs."),
    "granular": _(
        "“%(word)s” has a filter. Scopes with a filter are not given here yet; leave out what follows the ?."
    ),
    "system": _("“%(word)s” is for programs with a key of their own. Use user/ or patient/."),
    "long": _("Those are too many scopes for one token."),
    "many": _("Those are too many scopes for one token."),
    "empty": _("Name at least one scope, like user/Observation.rs."),
}


class TokenForm(forms.Form):
    """What a new access token is for, what it may do, and for how long."""

    name = forms.CharField(
        label=_("Name"), max_length=TOKEN_NAME_MOST, help_text=_("What will use it? Like: my running app.")
    )
    reach = forms.ChoiceField(
        label=_("What may it do?"),
        widget=forms.RadioSelect,
        initial="patient/*.rs",
        choices=[
            ("patient/*.rs", _("Read my own record")),
            ("user/*.rs", _("Read everything I may read")),
            ("user/*.cruds", _("Read and change everything I may")),
            ("own", _("Only these scopes:")),
        ],
    )
    scopes = forms.CharField(
        label=_("Scopes"),
        required=False,
        max_length=SCOPES_LENGTH_MOST,
        help_text=_("As in SMART on FHIR, with spaces between: user/Observation.rs user/Patient.r"),
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "none", "spellcheck": "false"}),
    )
    days = forms.TypedChoiceField(
        label=_("How long should it work?"),
        coerce=int,
        initial=90,
        choices=[(days, days) for days in TOKEN_DAYS],
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["days"].choices = [  # type: ignore[attr-defined]
            (days, ngettext("%(n)d day", "%(n)d days", days) % {"n": days}) for days in TOKEN_DAYS
        ]

    def clean(self) -> dict[str, Any]:
        """Check the scopes that were typed, and say which word means nothing."""
        data = super().clean() or {}
        if data.get("reach") == "own" and "scopes" not in self.errors:
            why, word = _fault_of(data.get("scopes", ""))
            if why:
                self.add_error("scopes", ValidationError(_SCOPE_FAULTS[why], code=why, params={"word": word[:80]}))
        return data

    @property
    def asked(self) -> str:
        """The scopes that were picked or typed."""
        picked = self.cleaned_data["reach"]
        return str(self.cleaned_data["scopes"] if picked == "own" else picked)


def _fault_of(text: str) -> tuple[str, str]:
    try:
        asked = parse_scopes(text)
    except ScopeRefused as error:
        return error.why, error.word
    of_system = [str(one) for one in asked.all if one.holder == "system"]
    if of_system:
        return "system", of_system[0]
    return ("", "") if asked.all else ("empty", "")
