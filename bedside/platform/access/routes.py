"""The gate on every route: a view names its verb, and the door asks before the view runs."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse, HttpResponseBase

from bedside.kernel.errors import NotFound

from .decide import Audience, actions, decide

View = Callable[..., HttpResponseBase]


def route(action: str) -> Callable[[View], View]:
    """Name the verb a view stands behind, and refuse whoever is not in its audience.

    Why: a stranger who is signed out is asked to sign in; one who is signed in and may not, sees nothing there.
    """

    def named(view: View) -> View:
        @wraps(view)
        def gated(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            actor = request.actor  # type: ignore[attr-defined]
            if decide(actor, action).allowed:
                return view(request, *args, **kwargs)
            known = actions().get(action)
            if not actor.is_signed_in and known and known.audience is not Audience.HOUSE:
                return _to_sign_in(request)
            raise NotFound()

        gated.policy_action = action  # type: ignore[attr-defined]
        return gated

    return named


def _to_sign_in(request: HttpRequest) -> HttpResponseBase:
    if request.headers.get("HX-Request"):
        response = HttpResponse(status=204)
        response["HX-Refresh"] = "true"
        return response
    return redirect_to_login(request.get_full_path())
