"""Starting a session, and giving it a new key when what guards it has changed."""

from __future__ import annotations

from datetime import datetime

from allauth.usersessions.models import UserSession
from django.contrib.auth import login
from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from .models import User
from .queries import STEPPED_IN, get_actor

SIGNED_IN_AT = "signed_in_at"
SEEN_AT = "seen_at"
TIMED_OUT = "timed_out"


def start_clocks(request: HttpRequest, now: datetime) -> None:
    """Begin to count the session's time, and let the rest of the request know who is here now."""
    request.session[SIGNED_IN_AT] = request.session[SEEN_AT] = now.isoformat()
    request.session.pop(TIMED_OUT, None)
    request.actor = SimpleLazyObject(lambda: get_actor(request))  # type: ignore[attr-defined]


def renew_key(request: HttpRequest) -> None:
    """Give the present session a new key, so that a copy of the old one is worth nothing."""
    old = request.session.session_key
    request.session.cycle_key()
    UserSession.objects.filter(session_key=old).update(session_key=request.session.session_key)


def step_into(request: HttpRequest, user: User) -> None:
    """Sign in as an invented person, in a session that says so for as long as it lasts."""
    request.session.flush()
    login(request, user, backend="bedside.accounts.backends.PersonBackend")
    request.session[STEPPED_IN] = True
    UserSession.objects.create_from_request(request)
