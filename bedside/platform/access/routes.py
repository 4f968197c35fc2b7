"""The gate on every route: a view names its verb, and the door asks before the view runs."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.conf import settings
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import resolve_url

from bedside.kernel.errors import NotFound

from .decide import Audience, actions, decide

View = Callable[..., HttpResponseBase]


def gate(request: HttpRequest, action: str) -> HttpResponseBase | None:
    """Return None when the one who asks may go in, or where to send them first.

    Why: a stranger who is signed out is asked to sign in, staff without a second factor are led to set one
    up, and one who is signed in and may not come in sees nothing there.
    Raises: NotFound.
    """
    actor = request.actor  # type: ignore[attr-defined]
    decision = decide(actor, action)
    if decision.allowed:
        return None
    if decision.reason == "second_factor":
        return _send(request, resolve_url(settings.SECOND_FACTOR_URL))
    known = actions().get(action)
    if not actor.is_signed_in and known and known.audience is not Audience.HOUSE:
        return _to_sign_in(request)
    raise NotFound()


def route(action: str) -> Callable[[View], View]:
    """Name the verb a view stands behind, and refuse whoever is not in its audience."""

    def named(view: View) -> View:
        @wraps(view)
        def gated(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            turned_away = gate(request, action)
            return view(request, *args, **kwargs) if turned_away is None else turned_away

        gated.policy_action = action  # type: ignore[attr-defined]
        return gated

    return named


def _to_sign_in(request: HttpRequest) -> HttpResponseBase:
    if request.headers.get("HX-Request"):
        response = HttpResponse(status=204)
        response["HX-Refresh"] = "true"
        return response
    return redirect_to_login(request.get_full_path())


def _send(request: HttpRequest, url: str) -> HttpResponseBase:
    if request.headers.get("HX-Request"):
        response = HttpResponse(status=204)
        response["HX-Redirect"] = url
        return response
    return HttpResponseRedirect(url)
