"""What a patient reads after a visit: as a page that prints well, and as a PDF."""

from __future__ import annotations

from uuid import UUID

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import translation
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from bedside.kernel.time import utc_now
from bedside.platform.access.routes import route
from bedside.visits.letter import write_letter
from bedside.visits.queries.summary import visit_summary
from bedside.visits.summary_pdf import set_letter


def _language(request: HttpRequest) -> str:
    """Return the language asked for in the address, or the one the reader's screens speak."""
    asked = request.GET.get("in", "")
    return asked if asked in dict(settings.LANGUAGES) else translation.get_language() or settings.LANGUAGE_CODE


@route("visits.read_summary")
@require_GET
@never_cache
def summary(request: HttpRequest, visit_id: UUID) -> HttpResponse:
    """Show the summary of a visit."""
    found = visit_summary(actor=request.actor, visit_id=visit_id, now=utc_now())
    with translation.override(_language(request)):
        letter = write_letter(found, time_zone=request.actor.time_zone)
        return render(request, "visits/summary.html", {"summary": found, "letter": letter})


@route("visits.read_summary")
@require_GET
@never_cache
def summary_pdf(request: HttpRequest, visit_id: UUID) -> HttpResponse:
    """Give the summary of a visit as a PDF."""
    now = utc_now()
    found = visit_summary(actor=request.actor, visit_id=visit_id, now=now)
    language = _language(request)
    with translation.override(language):
        letter = write_letter(found, time_zone=request.actor.time_zone)
    answer = HttpResponse(set_letter(letter, now=now), content_type="application/pdf")
    answer["Content-Disposition"] = f'inline; filename="visit-{visit_id}-{language}.pdf"'
    answer["X-Content-Type-Options"] = "nosniff"
    return answer
