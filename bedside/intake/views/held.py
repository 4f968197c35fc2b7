"""Results that wait: which, since when, in whose care; say whose one is, or that it is nobody's."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from bedside.intake import commands, queries
from bedside.intake.forms import MatchForm, RejectForm
from bedside.kernel.errors import Conflict, Invalid, NotAllowed
from bedside.kernel.time import utc_now
from bedside.platform.access.routes import route


@route("intake.see_held_results")
@require_GET
@never_cache
def held(request: HttpRequest) -> HttpResponse:
    """Show the results that wait."""
    return render(request, "intake/held.html", {"page": queries.held_results(actor=request.actor, now=utc_now())})


@route("intake.see_held_results")
@require_GET
@never_cache
def one_held(request: HttpRequest, held_id: UUID) -> HttpResponse:
    """Show one waiting result and who could be meant."""
    return _page(request, held_id, RejectForm())


def _page(request: HttpRequest, held_id: UUID, form: RejectForm, refusal: str = "", status: int = 200) -> HttpResponse:
    page = queries.get_held(actor=request.actor, now=utc_now(), held_id=held_id, text=request.GET.get("q", ""))
    return render(request, "intake/held_one.html", {"page": page, "form": form, "refusal": refusal}, status=status)


@route("intake.settle_held_result")
@require_POST
def match(request: HttpRequest, held_id: UUID) -> HttpResponse:
    """Say whose a waiting result is."""
    form = MatchForm(request.POST)
    if form.is_valid():
        person_id = form.cleaned_data["person"]
        try:
            commands.match_held(actor=request.actor, now=utc_now(), held_id=held_id, person_id=person_id)
        except (Conflict, NotAllowed) as refusal:
            return _page(request, held_id, RejectForm(), refusal.message, refusal.status)
    return redirect("intake:held")


@route("intake.settle_held_result")
@require_POST
def take(request: HttpRequest, held_id: UUID) -> HttpResponse:
    """Take a waiting result into one's own care."""
    commands.take_held(actor=request.actor, now=utc_now(), held_id=held_id)
    return redirect("intake:held_one", held_id)


@route("intake.settle_held_result")
@require_POST
def reject(request: HttpRequest, held_id: UUID) -> HttpResponse:
    """Say that a waiting result is nobody's here, and why."""
    form = RejectForm(request.POST)
    if form.is_valid():
        try:
            note = form.cleaned_data["note"]
            commands.reject_held(actor=request.actor, now=utc_now(), held_id=held_id, note=note)
            return redirect("intake:held")
        except Invalid as refusal:
            form.add_error("note", refusal.message)
    return _page(request, held_id, form, status=422)
