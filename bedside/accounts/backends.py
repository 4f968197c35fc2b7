"""How Django finds the signed-in person: one query, with all an actor needs."""

from __future__ import annotations

from typing import Any

from allauth.account.auth_backends import AuthenticationBackend

from bedside.kernel.time import utc_now

from .models import User
from .queries import find_user


class PersonBackend(AuthenticationBackend):
    """allauth's sign-in by e-mail, and a login that comes with its person, roles and factors."""

    def get_user(self, user_id: Any) -> User | None:
        """Return the login behind a session, if it is still active."""
        return find_user(user_id, utc_now())
