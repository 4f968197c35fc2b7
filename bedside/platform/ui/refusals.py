"""One translator from refusals to what people, htmx and machines read."""

from __future__ import annotations

import logging

from django.http import HttpRequest, HttpResponse, HttpResponseServerError, JsonResponse
from django.template import loader
from django.utils.html import escape
from django.utils.translation import gettext, gettext_noop

from bedside.kernel.errors import NotAllowed, NotFound, Refusal

log = logging.getLogger(__name__)

#: What the page says in large letters, by status.
TITLES = {
    400: gettext_noop("That did not work"),
    403: gettext_noop("This is not yours to do"),
    404: gettext_noop("That page is not here"),
    409: gettext_noop("Something changed"),
    422: gettext_noop("Please look again"),
    429: gettext_noop("Please wait a moment"),
    503: gettext_noop("Not right now"),
    500: gettext_noop("Something broke on our side"),
}

ICONS = {404: "search", 403: "lock", 409: "undo-2", 503: "clock", 429: "clock", 500: "triangle-alert"}


def said(refusal: Refusal) -> str:
    """Return a refusal's message in the active language, with its facts filled in."""
    words = gettext(refusal.message)
    return words.format(**refusal.facts) if refusal.facts else words


def wants_json(request: HttpRequest) -> bool:
    """Say whether the one who asks is a machine."""
    return request.get_preferred_type(["text/html", "application/json"]) == "application/json"


def is_fragment(request: HttpRequest) -> bool:
    """Say whether htmx asks for a part of a page."""
    return request.headers.get("HX-Request") == "true" and request.headers.get("HX-Boosted") != "true"


def answer(request: HttpRequest, refusal: Refusal) -> HttpResponse:
    """Return the refusal as JSON, as an htmx fragment or as a whole page."""
    return tell(request, refusal.status, said(refusal), refusal.code)


def tell(request: HttpRequest, status: int, message: str, code: str) -> HttpResponse:
    """Say one thing that could not be done, in the form the one who asks can read."""
    if wants_json(request):
        return JsonResponse({"error": code, "message": message}, status=status)
    facts = {
        "status": status,
        "title": gettext(TITLES.get(status, TITLES[400])),
        "message": message,
        "code": code,
        "icon": ICONS.get(status, "circle-alert"),
    }
    if is_fragment(request):
        response = HttpResponse(loader.render_to_string("ui/refusal_fragment.html", facts, request), status=status)
        response["HX-Retarget"] = "#toasts"
        response["HX-Reswap"] = "innerHTML"
        return response
    return HttpResponse(loader.render_to_string("ui/refusal.html", facts, request), status=status)


def page_not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Answer a wrong address (handler404)."""
    return answer(request, NotFound())


def permission_denied(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Answer Django's own refusal (handler403)."""
    return answer(request, NotAllowed())


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Answer a request that cannot be read (handler400)."""
    return tell(
        request,
        400,
        gettext("The page sent something we could not read. Go back and try again."),
        "bad_request",
    )


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Answer a form that was open too long, or that did not come from one of our pages."""
    message = gettext(
        "This page was open for a long time, so we stopped to keep you safe. Nothing was sent. "
        "Go back, reload the page and try again."
    )
    return tell(request, 403, message, "csrf")


def server_error(request: HttpRequest) -> HttpResponse:
    """Answer an accident (handler500). Uses no database, session or shell: any of them may be what broke."""
    facts = {"title": gettext(TITLES[500])}
    if wants_json(request):
        return JsonResponse({"error": "accident", "message": facts["title"]}, status=500)
    try:
        page = str(loader.render_to_string("ui/accident.html", facts))
    except Exception:
        log.exception("the page for accidents had one itself")
        page = f"<!doctype html><title>Bedside</title><h1>{escape(facts['title'])}</h1>"
    return HttpResponseServerError(page)
