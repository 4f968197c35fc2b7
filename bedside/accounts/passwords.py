"""What may be a password. Checked here, offline: no password, nor part of one, leaves the house."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

from allauth.mfa.models import Authenticator
from django.contrib.auth.password_validation import CommonPasswordValidator
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from .terms import (
    PASSWORD_LENGTH_ALONE,
    PASSWORD_LENGTH_MOST,
    PASSWORD_LENGTH_WITH_FACTOR,
    SECOND_FACTORS,
)


class LengthByFactor:
    """A password alone is long; one beside a second factor may be shorter."""

    def validate(self, password: str, user: Any = None) -> None:
        """Raise when the password is too short for this login, or too long for anyone."""
        least = PASSWORD_LENGTH_WITH_FACTOR if _has_factor(user) else PASSWORD_LENGTH_ALONE
        if len(password) < least:
            said = _("Use at least %(least)d characters. Four or five words you will remember work well.")
            raise ValidationError(said % {"least": least}, code="password_too_short")
        if len(password) > PASSWORD_LENGTH_MOST:
            said = _("Use at most %(most)d characters.")
            raise ValidationError(said % {"most": PASSWORD_LENGTH_MOST}, code="password_too_long")

    def get_help_text(self) -> str:
        """Say the rule."""
        return _("At least %(least)d characters. Four or five words you will remember work well.") % {
            "least": PASSWORD_LENGTH_ALONE
        }


class NotCommon:
    """Not among the passwords that are guessed first, nor one of them said twice, nor a run of keys."""

    _list = CommonPasswordValidator()

    def validate(self, password: str, user: Any = None) -> None:
        """Raise when the password is one that is guessed first."""
        plain = password.lower().strip()
        unit = plain[: (plain + plain).find(plain, 1)] if plain else ""
        if any(word in self._list.passwords for word in (plain, unit)) or _is_a_run(plain):
            raise ValidationError(_("Many people use that password. Choose another."), code="password_too_common")

    def get_help_text(self) -> str:
        """Say the rule."""
        return _("Not a password that many people use.")


class NotAboutYou:
    """Not made of the person's name or address."""

    def validate(self, password: str, user: Any = None) -> None:
        """Raise when little is left of the password without the person's name and e-mail."""
        left = password.lower()
        for word in _words_about(user):
            left = left.replace(word, "")
        if len(left) < PASSWORD_LENGTH_WITH_FACTOR <= len(password):
            raise ValidationError(_("That is too much like your name or e-mail."), code="password_too_similar")

    def get_help_text(self) -> str:
        """Say the rule."""
        return _("Not your name or e-mail.")


def _has_factor(user: Any) -> bool:
    if user is None or user._state.adding:
        return False
    return Authenticator.objects.filter(user_id=user.pk, type__in=SECOND_FACTORS).exists()


def _is_a_run(plain: str) -> bool:
    """Say whether few signs repeat, or each sign is the next one along: aaaa, abcabc, 123456789."""
    if len(set(plain)) < 5:
        return True
    steps = {ord(b) - ord(a) for a, b in pairwise(plain)}
    return steps <= {1, -9} or steps <= {-1, 9}


def _words_about(user: Any) -> list[str]:
    if user is None:
        return []
    email = (getattr(user, "email", "") or "").lower()
    words = [email, email.partition("@")[0], getattr(user, "typed_name", "")]
    if getattr(user, "person_id", None):
        words += [user.person.given_name, user.person.family_name]
    parts = [part for word in words for part in word.lower().split()]
    return sorted({part for part in parts if len(part) >= 3}, key=len, reverse=True)
