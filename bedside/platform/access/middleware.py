"""No policy, no page: every resolved view names its verb, by itself or in a table, or is refused.

Our own views carry `policy_action` (see `routes.route`) and gate themselves. Views that others wrote, such
as the sign-in pages, are named in a table that the room which mounts them registers here.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase

from bedside.kernel.errors import NotFound

from .routes import gate

log = logging.getLogger(__name__)

_TABLE: dict[str, str] = {}


def register_routes(policies: Mapping[str, str]) -> None:
    """Name the verbs of views that others wrote: URL name → action.

    Raises: ValueError when a name is given two verbs.
    """
    for name, action in policies.items():
        if _TABLE.setdefault(name, action) != action:
            raise ValueError(f"route given two policies: {name}")


def action_of(view: Callable[..., Any], name: str | None) -> str | None:
    """Return the verb a resolved view stands behind, or None when nobody named one."""
    return getattr(view, "policy_action", None) or _TABLE.get(name or "")


class PolicyMiddleware:
    """Refuse every view without a policy, and gate those whose policy is in the table."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: Callable[..., Any], args: Any, kwargs: Any
    ) -> HttpResponseBase | None:
        """Let the view run, send the one who asks elsewhere, or show nothing there."""
        name = request.resolver_match.view_name if request.resolver_match else None
        action = action_of(view, name)
        if action is None:
            log.error("refused a route without a policy: %s", name or view.__qualname__)
            raise Http404
        if hasattr(view, "policy_action"):
            return None
        try:
            return gate(request, action)
        except NotFound as error:
            raise Http404 from error
