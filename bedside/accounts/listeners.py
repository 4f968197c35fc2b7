"""What sign-in tells us: every sign-in, sign-out, failure and changed factor leaves an audit row, and a changed
factor ends every other session."""

from __future__ import annotations

from typing import Any

from allauth.account import signals as account
from allauth.mfa import signals as mfa
from allauth.mfa.models import Authenticator
from django.contrib.auth.signals import user_logged_in, user_logged_out, user_login_failed
from django.http import HttpRequest

from bedside.kernel.time import utc_now
from bedside.platform.access import ANONYMOUS
from bedside.platform.audit.write import record_refusal

from . import commands
from .models import User
from .queries import actor_for
from .sessions import renew_key, start_clocks


def connect() -> None:
    """Listen to Django's and allauth's signals. Called once, when the room is ready."""
    user_logged_in.connect(_session_started)
    user_logged_out.connect(_signed_out)
    user_login_failed.connect(_failed)
    account.user_logged_in.connect(_signed_in)
    mfa.authentication_failed.connect(_code_failed)
    for signal in (account.password_changed, account.password_set):
        signal.connect(_password_changed)
    account.password_reset.connect(_password_reset)
    account.email_changed.connect(_email_changed)
    for signal, what in (
        (mfa.authenticator_added, "added"),
        (mfa.authenticator_removed, "removed"),
        (mfa.authenticator_reset, "renewed"),
    ):
        signal.connect(_FACTOR_LISTENERS.setdefault(what, _factor_listener(what)))


def _session_started(sender: Any, request: HttpRequest | None = None, **rest: Any) -> None:
    if request is not None:
        start_clocks(request, utc_now())


def _signed_in(sender: Any, request: HttpRequest, user: User, **rest: Any) -> None:
    ways = [str(record.get("type") or record.get("method")) for record in _records(request)]
    actor = actor_for(user.person)
    commands.note_sign_in(actor=actor, now=utc_now(), action="accounts.sign_in", detail={"by": ways})


def _records(request: HttpRequest) -> list[dict[str, Any]]:
    records = request.session.get("account_authentication_methods")
    return records if isinstance(records, list) else []


def _signed_out(sender: Any, request: HttpRequest | None = None, user: User | None = None, **rest: Any) -> None:
    if user is None or request is None or getattr(request, "session_was_ended", False):
        return
    actor = request.actor if request.actor.is_signed_in else actor_for(user.person)  # type: ignore[attr-defined]
    commands.note_sign_in(actor=actor, now=utc_now(), action="accounts.sign_out", detail={"why": "asked"})


def _failed(sender: Any, credentials: dict[str, Any], request: HttpRequest | None = None, **rest: Any) -> None:
    user = User.objects.filter(email=str(credentials.get("email", "")).lower()).first()
    _refused(user, "password")


def _code_failed(sender: Any, request: HttpRequest, user: User, **rest: Any) -> None:
    _refused(user, "code")


def _refused(user: User | None, what: str) -> None:
    """Record a failed try; the owner of the login finds it among who looked. What was typed is not kept."""
    record_refusal(
        actor=ANONYMOUS,
        action="accounts.sign_in",
        now=utc_now(),
        patient_id=user.person_id if user else None,
        resource=("Login", user.person_id if user else ""),
        reason=f"wrong_{what}",
    )


def _password_changed(sender: Any, request: HttpRequest, user: User, **rest: Any) -> None:
    _guard_changed(request, user, {"factor": "password", "what": "changed"})


def _password_reset(sender: Any, request: HttpRequest, user: User, **rest: Any) -> None:
    _guard_changed(request, user, {"factor": "password", "what": "reset"})


def _email_changed(sender: Any, request: HttpRequest, user: User, **rest: Any) -> None:
    _guard_changed(request, user, {"factor": "email", "what": "changed"})


_FACTOR_LISTENERS: dict[str, Any] = {}


def _factor_listener(what: str) -> Any:
    def changed(sender: Any, request: HttpRequest, user: User, authenticator: Authenticator, **rest: Any) -> None:
        _guard_changed(request, user, {"factor": authenticator.type, "what": what})

    return changed


def _guard_changed(request: HttpRequest, user: User, detail: dict[str, object]) -> None:
    """Record that what guards a login changed, and end every session but the one it was changed in.

    Source: OWASP ASVS 5.0, 7.4.3.
    """
    actor, now = actor_for(user.person), utc_now()
    commands.note_sign_in(actor=actor, now=now, action="accounts.manage_sign_in", detail=detail)
    is_here = request.user.is_authenticated and request.user.pk == user.pk
    keep_key = request.session.session_key or "" if is_here else ""
    commands.end_other_sessions(actor=actor, now=now, keep_key=keep_key, why="factor")
    if is_here and keep_key:
        renew_key(request)
