"""Results as their patient reads them, and when they open."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from bedside.consent.commands import choose_results, open_result
from bedside.kernel.time import utc_now
from bedside.platform.access.routes import route
from bedside.record.results.gentle import Held
from bedside.results import policy, queries
from bedside.results.forms import ChoiceForm


@route(policy.MINE)
@require_GET
@never_cache
def mine(request: HttpRequest) -> HttpResponse:
    """Show people their results, newest first; those that wait say only that they are there."""
    typed = request.GET.get("page", "1")
    page = int(typed) if typed.isdecimal() and len(typed) < 5 else 1
    found = queries.my_results(actor=request.actor, now=utc_now(), page=page)
    return render(request, "results/mine.html", {"page": found})


@route(policy.MINE)
@require_GET
@never_cache
def one(request: HttpRequest, report_id: str) -> HttpResponse:
    """Show one result in plain words. Reading it is opening it; one that waits asks first."""
    now = utc_now()
    found = queries.my_result(actor=request.actor, now=now, report_id=report_id)
    if isinstance(found, Held):
        return render(request, "results/held.html", {"held": found})
    _open(request, found.report.id, found.report.version)
    return render(request, "results/one.html", {"mine": found})


def _open(request: HttpRequest, report_id: str, version: int) -> None:
    actor = request.actor
    open_result(actor=actor, now=utc_now(), patient_id=actor.person_key, report_id=report_id, version=version)


@route("consent.open_result")
@require_POST
def open_now(request: HttpRequest, report_id: str) -> HttpResponse:
    """Open a result that waits, because its patient says so now."""
    found = queries.my_result(actor=request.actor, now=utc_now(), report_id=report_id)
    version = found.version if isinstance(found, Held) else found.report.version
    _open(request, report_id, version)
    return redirect("results:one", report_id)


@route("consent.choose_results")
@require_http_methods(["GET", "POST"])
@never_cache
def choices(request: HttpRequest) -> HttpResponse:
    """Let people say when their results open for them."""
    actor, now = request.actor, utc_now()
    form = ChoiceForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        choose_results(actor=actor, now=now, patient_id=actor.person_key, **form.cleaned_data)
        return redirect("results:choices")
    context = {"page": queries.choices_page(actor=actor, now=now), "form": form}
    return render(request, "results/choices.html", context, status=422 if form.errors else 200)
