"""The door: who is asking, in which language and time zone, for how long, and how often."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.contrib.auth import SESSION_KEY, logout
from django.http import HttpRequest, HttpResponse
from django.utils import timezone, translation
from django.utils.cache import patch_vary_headers
from django.utils.functional import SimpleLazyObject

from bedside.kernel.errors import NotAllowed
from bedside.kernel.time import is_zone, utc_now
from bedside.platform.access import ANONYMOUS
from bedside.platform.ui.refusals import answer

from . import commands, rules
from .limits import TooManyTries, take_try
from .policy import ROUTE_POLICIES
from .queries import STEPPED_IN, get_actor
from .sessions import SEEN_AT, SIGNED_IN_AT, TIMED_OUT
from .terms import DEFAULT_ZONE, PER_ADDRESS, PER_PRINCIPAL, SessionLimit

GetResponse = Callable[[HttpRequest], HttpResponse]

ZONE_COOKIE = "bedside_zone"

#: A session's last touch is written at most this often, so that reading pages does not mean writing rows.
TOUCH_EVERY = timedelta(seconds=60)


class ActorMiddleware:
    """Put the actor on the request, and end a session that has lasted, or stood idle, too long."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.actor = SimpleLazyObject(lambda: get_actor(request))  # type: ignore[attr-defined]
        if request.session.get(SESSION_KEY):
            self._keep_or_end(request, utc_now())
        return self.get_response(request)

    def _keep_or_end(self, request: HttpRequest, now: datetime) -> None:
        actor = request.actor  # type: ignore[attr-defined]
        if request.session.get(STEPPED_IN) and not settings.IS_DEMO:
            self._end(request, now, "not_demo")
            return
        session = request.session
        signed_in_at = _instant(session.get(SIGNED_IN_AT)) or now
        seen_at = _instant(session.get(SEEN_AT)) or now
        limit = session_limit(is_staff=actor.is_staff)
        ended = rules.session_end(signed_in_at=signed_in_at, seen_at=seen_at, now=now, limit=limit)
        if ended:
            self._end(request, now, ended)
        elif SEEN_AT not in session or (_is_a_person(request) and now - seen_at >= TOUCH_EVERY):
            session.setdefault(SIGNED_IN_AT, signed_in_at.isoformat())
            session[SEEN_AT] = now.isoformat()

    def _end(self, request: HttpRequest, now: datetime, why: str) -> None:
        actor = request.actor  # type: ignore[attr-defined]
        if actor.is_signed_in:
            commands.note_session_end(actor=actor, now=now, why=why)
        request.session_was_ended = True  # type: ignore[attr-defined]
        logout(request)
        request.session[TIMED_OUT] = True
        request.actor = ANONYMOUS  # type: ignore[attr-defined]


def session_limit(*, is_staff: bool) -> SessionLimit:
    """Return how long a session of staff, or of a patient, may last."""
    return settings.STAFF_SESSION_LIMIT if is_staff else settings.PATIENT_SESSION_LIMIT


def _is_a_person(request: HttpRequest) -> bool:
    """Say whether a person did this. A fragment that refreshes itself is not someone at the keyboard."""
    return not (request.method == "GET" and request.headers.get("HX-Request"))


def _instant(raw: object) -> datetime | None:
    return datetime.fromisoformat(raw) if isinstance(raw, str) else None


class LanguageAndZoneMiddleware:
    """Speak the person's language in the person's time zone; for a stranger, the cookie's or the browser's."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        actor = request.actor  # type: ignore[attr-defined]
        language = actor.language if actor.is_signed_in else translation.get_language_from_request(request)
        zone = actor.time_zone if actor.is_signed_in else request.COOKIES.get(ZONE_COOKIE, DEFAULT_ZONE)
        with translation.override(language), timezone.override(zone if is_zone(zone) else DEFAULT_ZONE):
            request.LANGUAGE_CODE = translation.get_language()  # type: ignore[attr-defined]
            response = self.get_response(request)
        response.headers.setdefault("Content-Language", language)
        patch_vary_headers(response, ("Accept-Language", "Cookie"))
        return response


class OnlyALook(NotAllowed):
    """This person is invented, and you stepped in as them. How they sign in stays as it is."""


_OWNERS_ONLY = {name for name, action in ROUTE_POLICIES.items() if action == "accounts.manage_sign_in"}


class RateLimitMiddleware:
    """Count tries at the routes where guessing pays, by address and by whom they are aimed at."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view: Any, args: Any, kwargs: Any) -> HttpResponse | None:
        """Take a try, or answer 429 before the view runs."""
        name = request.resolver_match.view_name if request.resolver_match else ""
        if request.method == "POST" and name in _OWNERS_ONLY and request.actor.is_stepped_in:  # type: ignore[attr-defined]
            return answer(request, OnlyALook())
        if request.method != "POST" or (name not in PER_ADDRESS and name not in PER_PRINCIPAL):
            return None
        now = utc_now()
        try:
            if limit := PER_ADDRESS.get(name):
                take_try(action=f"{name}@", key=client_address(request), limit=limit, now=now)
            if limit := PER_PRINCIPAL.get(name):
                take_try(action=name, key=_principal(request, name), limit=limit, now=now)
        except TooManyTries as refusal:
            response = answer(request, refusal)
            response["Retry-After"] = "120"
            return response
        return None


def client_address(request: HttpRequest) -> str:
    """Return what the client's address counts as, behind as many proxies as the settings trust."""
    chain = [part.strip() for part in request.META.get("HTTP_X_FORWARDED_FOR", "").split(",") if part.strip()]
    depth = settings.ALLAUTH_TRUSTED_PROXY_COUNT
    raw = chain[-depth] if 0 < depth <= len(chain) else request.META.get("REMOTE_ADDR", "")
    return rules.address_key(raw)


#: Where the one aimed at is typed; anywhere else it is known already, and what is typed does not count.
_TYPED = {"account_login": "login", "account_signup": "email", "account_reset_password": "email"}
_PENDING = ("account_login", "account_password_reset_verification")


def _principal(request: HttpRequest, name: str) -> str:
    """Return whom a try is aimed at: the one signed in, the e-mail typed, or the login that waits for its code."""
    actor = request.actor  # type: ignore[attr-defined]
    if actor.is_signed_in:
        return str(actor.person_id)
    if name in _TYPED:
        return request.POST.get(_TYPED[name], "").strip().lower()[:254]
    for key in _PENDING:
        pending = request.session.get(key)
        if isinstance(pending, dict):
            return str(pending.get("user_pk") or pending.get("user_id") or pending.get("email") or "")
    return request.session.session_key or client_address(request)
