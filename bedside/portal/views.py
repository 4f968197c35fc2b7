"""The pages that join rooms: home, Today, the board, who looked, and the pages of those who run the house."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from bedside.kernel.errors import Invalid
from bedside.kernel.time import utc_now
from bedside.platform.access.routes import route

from . import commands, queries
from .forms import OpenInEmergency, SearchLog
from .terms import HOMES


@route("portal.view_home")
@require_GET
@never_cache
def home(request: HttpRequest) -> HttpResponse:
    """Say what Bedside is, or lead those who are signed in to the page they work from."""
    actor = request.actor
    if not actor.is_signed_in:
        return render(request, "portal/landing.html")
    return redirect(next((name for role, name in HOMES.items() if actor.has(role)), "portal:today"))


@route("portal.view_today")
@require_GET
@never_cache
def today(request: HttpRequest) -> HttpResponse:
    """Show what matters to this person now."""
    page = queries.today(actor=request.actor, now=utc_now())
    return render(request, "portal/today_list.html" if request.htmx else "portal/today.html", {"page": page})


@route("portal.view_board")
@require_GET
@never_cache
def board(request: HttpRequest) -> HttpResponse:
    """Show a clinician's day."""
    page = queries.board(actor=request.actor, now=utc_now())
    return render(request, "portal/board_list.html" if request.htmx else "portal/board.html", {"page": page})


@route("portal.view_looked")
@require_GET
@never_cache
def looked(request: HttpRequest) -> HttpResponse:
    """Show patients who looked at their record or changed it."""
    before = request.GET.get("before", "")
    page = queries.who_looked(
        actor=request.actor,
        patient_id=request.actor.person_id,
        now=utc_now(),
        is_own_included=request.GET.get("mine") == "1",
        before_id=int(before) if before.isdecimal() and len(before) < 19 else None,
    )
    return render(request, "portal/looked_list.html" if request.htmx else "portal/looked.html", {"page": page})


@route("portal.open_in_emergency")
@require_http_methods(["GET", "POST"])
@never_cache
def emergency(request: HttpRequest) -> HttpResponse:
    """Open one chart in an emergency, with a reason."""
    form = OpenInEmergency(request.POST or None)
    if request.method != "POST":
        return render(request, "portal/emergency.html", {"form": form})
    if form.is_valid():
        try:
            patient_id = commands.open_in_emergency(actor=request.actor, now=utc_now(), **form.cleaned_data)
        except Invalid as refusal:
            form.add_error(None, _(refusal.message))
        else:
            return redirect("record:chart", patient_id)
    return render(request, "portal/emergency.html", {"form": form}, status=422)


@route("portal.run_clinic")
@require_GET
@never_cache
def clinic(request: HttpRequest) -> HttpResponse:
    """Show how the clinic's day goes."""
    return render(request, "portal/clinic.html", {"page": queries.clinic_day(actor=request.actor, now=utc_now())})


@route("portal.view_privacy")
@require_GET
@never_cache
def privacy(request: HttpRequest) -> HttpResponse:
    """Show charts opened in an emergency, and the search of the log."""
    page = queries.privacy_page(actor=request.actor, now=utc_now())
    return render(request, "portal/privacy.html", {"page": page, "form": SearchLog()})


@route("audit.search_events")
@require_GET
@never_cache
def search_log(request: HttpRequest) -> HttpResponse:
    """Show rows of the log about a patient, by a person, on a day."""
    form = SearchLog(request.GET)
    before = request.GET.get("before", "")
    if not form.is_valid():
        return render(request, "portal/search.html", {"form": form}, status=422)
    found = queries.search_log(
        actor=request.actor,
        now=utc_now(),
        before_id=int(before) if before.isdecimal() and len(before) < 19 else None,
        **form.cleaned_data,
    )
    typed = request.GET.copy()
    typed.pop("before", None)
    return render(request, "portal/search.html", {"form": form, "found": found, "typed": typed.urlencode()})


@route("audit.verify_log")
@require_POST
@never_cache
def check_log(request: HttpRequest) -> HttpResponse:
    """Check that nobody has touched the log."""
    report = queries.check_log(actor=request.actor, now=utc_now())
    return render(request, "portal/checked.html", {"report": report})


@route("portal.run_machines")
@require_GET
@never_cache
def machines(request: HttpRequest) -> HttpResponse:
    """Show how the house runs."""
    return render(request, "portal/machines.html", {"page": queries.machines(actor=request.actor, now=utc_now())})
