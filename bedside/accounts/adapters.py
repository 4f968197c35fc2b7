"""Where allauth asks the house: how a login is made, how mail is sent, how secrets are kept."""

from __future__ import annotations

import base64
import time
from contextlib import suppress
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.internal.flows.login import get_authentication_records
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from cryptography.fernet import Fernet, MultiFernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.utils import translation
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from qrcode.main import QRCode

from bedside.kernel.ids import new_id
from bedside.kernel.time import utc_now
from bedside.platform.notify.commands import BadAddress, send_email

from . import commands
from .middleware import client_address
from .models import User
from .queries import actor_for
from .terms import SECOND_FACTORS

#: One who signed in this recently is not asked again before a change. Source: OWASP ASVS 5.0, 7.5.1.
FRESH_SECONDS = 300
ADDRESS_LENGTH_MOST = 254

_WAYS = {
    "reauthenticate": _("Use your password"),
    "mfa_reauthenticate": _("Use your app or a recovery code"),
    "mfa_reauthenticate:webauthn": _("Use a passkey"),
}


class AccountAdapter(DefaultAccountAdapter):
    """Sign-up makes a person and a login together; mails say nothing about anyone's health."""

    error_messages = {
        **DefaultAccountAdapter.error_messages,
        "account_inactive": _("This account is closed. Call the clinic if you think it should not be."),
        "email_password_mismatch": _("That e-mail and password do not fit together. Check both and try again."),
        "enter_current_password": _("That is not your present password. Check it and try again."),
        "incorrect_code": _("That code is not right, or it is too old. Check it, or ask for a new one."),
        "incorrect_password": _("That is not your password. Check it and try again."),
        "duplicate_email": _("You use that e-mail already."),
        "same_as_current": _("That is the one you use now. Type a different one."),
        "too_many_login_attempts": _("That was tried too often. Wait a few minutes, then try again."),
        "rate_limited": _("That was tried too often. Wait a few minutes, then try again."),
    }

    def save_user(self, request: HttpRequest, user: Any, form: Any, commit: bool = True) -> AbstractBaseUser:
        """Make the person and the login. The form holds both in one transaction."""
        data = form.cleaned_data
        person = commands.register_person(
            actor=request.actor,  # type: ignore[attr-defined]
            now=utc_now(),
            given_name=data["given_name"],
            family_name=data["family_name"],
            birth_on=data["birth_on"],
            language=data["language"],
            time_zone=data["time_zone"],
        )
        user.email, user.person = data["email"], person
        user.set_password(data["password1"])
        user.save(force_insert=True)
        return user

    def clean_email(self, email: str) -> str:
        """Refuse an address longer than any that works. Source: RFC 5321, section 4.5.3.1.3."""
        if len(email) > ADDRESS_LENGTH_MOST:
            raise ValidationError(_("Enter a valid email address."), code="long")
        return email

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Owe a mail, in the language of the one who gets it. Of what allauth knows, only the code goes with it.

        Why: an outbox takes the same time whether or not the address is known, and no mail server can stall it.
        """
        owner = User.objects.select_related("person").filter(email=email).first()
        with suppress(BadAddress):
            send_email(
                now=utc_now(),
                dedupe_key=f"accounts:{new_id()}",
                to=email,
                template=f"accounts/mail/{template_prefix.rpartition('/')[2]}",
                language=owner.person.language if owner else translation.get_language(),
                context={"code": context["code"]} if "code" in context else {},
            )

    def get_reauthentication_methods(self, user: Any) -> list[dict[str, Any]]:
        """Name the ways to show that it is you in our own words."""
        ways = super().get_reauthentication_methods(user)
        return [{**way, "description": _WAYS.get(way["id"], way["description"])} for way in ways]

    def get_client_ip(self, request: HttpRequest) -> str:
        """Return the client's address as far as it counts."""
        found = client_address(request)
        return "0.0.0.0" if found == "unknown" else found.partition("/")[0]  # noqa: S104  (unknown, not a bind)

    def is_reauthentication_required(self, *, app: str, **rest: Any) -> bool:
        """Ask again before a change, unless the person signed in a moment ago."""
        records = get_authentication_records(self.request, self.request.user)
        if records and time.time() - records[-1].get("at", 0) < FRESH_SECONDS:
            return False
        return super().is_reauthentication_required(app=app, **rest)


class FactorAdapter(DefaultMFAAdapter):
    """Second factors: seeds are kept encrypted, and the last one cannot go while it is needed."""

    error_messages = {
        **DefaultMFAAdapter.error_messages,
        "incorrect_code": _("That code is not right, or it was used already. Wait for the next one and try again."),
        "unverified_email": _("First confirm your e-mail address. Then come back."),
        "cannot_delete_authenticator": _(
            "You need this one: it is your only second step. Add another first, or, if you are not staff, "
            "set a password of 15 characters or more."
        ),
    }

    def encrypt(self, text: str) -> str:
        """Return the secret as it is kept."""
        return _box().encrypt(text.encode()).decode()

    def decrypt(self, encrypted_text: str) -> str:
        """Return the secret that was kept."""
        return _box().decrypt(encrypted_text.encode()).decode()

    def can_delete_authenticator(self, authenticator: Authenticator) -> bool:
        """Keep the last factor of staff, and of anyone whose password is too short to stand alone."""
        others = Authenticator.objects.filter(user_id=authenticator.user_id, type__in=SECOND_FACTORS)
        if others.exclude(pk=authenticator.pk).exists():
            return True
        user = User.objects.select_related("person").get(pk=authenticator.user_id)
        return user.has_long_password and not actor_for(user.person).is_staff

    def generate_authenticator_name(self, user: AbstractBaseUser, type: Authenticator.Type) -> str:  # noqa: A002
        """Name a new passkey by its number."""
        made = Authenticator.objects.filter(user_id=user.pk, type=type).count()
        return gettext("Passkey %(number)d") % {"number": made + 1}

    def build_totp_svg(self, url: str) -> str:
        """Draw the code to scan as one plain path, in the colour of the ink.

        Why: our pages allow neither inline styles nor data: pictures.
        """
        code = QRCode(border=2)
        code.add_data(url)
        code.make()
        rows = code.get_matrix()
        path = "".join(f"M{x} {y}h1v1h-1z" for y, row in enumerate(rows) for x, dark in enumerate(row) if dark)
        return f'<svg viewBox="0 0 {len(rows)} {len(rows)}" class="qr" aria-hidden="true"><path d="{path}"/></svg>'

    def get_public_key_credential_rp_entity(self) -> dict[str, str]:
        """Say who asks for the passkey: the host the page came from."""
        return {**super().get_public_key_credential_rp_entity(), "name": "Bedside"}


def _box() -> MultiFernet:
    keys = [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
    return MultiFernet([Fernet(_key(key)) for key in keys])


def _key(secret: str) -> bytes:
    derived = HKDF(algorithm=SHA256(), length=32, salt=None, info=b"bedside second factor").derive(secret.encode())
    return base64.urlsafe_b64encode(derived)
