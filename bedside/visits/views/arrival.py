"""Arriving: the way to a visit, check-in and the waiting room."""

from __future__ import annotations

import json
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import get_language
from django.views.decorators.http import require_GET, require_http_methods

from bedside.consent.queries import consent_text
from bedside.kernel.ids import new_id
from bedside.kernel.time import utc_now
from bedside.platform.access.routes import route
from bedside.platform.ui.refusals import said
from bedside.visits import commands, queries
from bedside.visits.commands.tickets import ice_servers
from bedside.visits.forms import CheckInForm
from bedside.visits.models import Visit
from bedside.visits.terms import OVER_STATES, TOGETHER_STATES

#: Where a patient belongs, by the state of the visit.
_PATIENT_PAGE = {"opened": "visits:check_in", "checked_in": "visits:waiting", "waiting": "visits:waiting"}


def after(visit: Visit) -> str:
    """Return the address of what there is to read once a visit is over."""
    return reverse("visits:summary", kwargs={"visit_id": visit.id})


def page_of(visit: Visit, person_id: UUID | None) -> str:
    """Return the address of the page on which a person belongs now."""
    if visit.state in OVER_STATES:
        return after(visit)
    name = _PATIENT_PAGE.get(visit.state, "visits:room") if person_id == visit.patient_id else "visits:room"
    return reverse(name, args=[visit.id])


@route("visits.see_visit")
@require_GET
def join(request: HttpRequest, appointment_id: UUID) -> HttpResponse:
    """Go to the visit of an appointment; the patient's first step opens it."""
    now = utc_now()
    visit = queries.find_visit_of_appointment(actor=request.actor, appointment_id=appointment_id, now=now)
    if visit is None:
        visit = commands.open_visit(actor=request.actor, appointment_id=appointment_id, now=now)
    return redirect(page_of(visit, request.actor.person_id))


@route("visits.check_in_patient")
@require_http_methods(["GET", "POST"])
def check_in(request: HttpRequest, visit_id: UUID) -> HttpResponse:
    """Ask the patient what must be known before a clinician may join."""
    now = utc_now()
    form = CheckInForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            commands.check_in_patient(actor=request.actor, now=now, visit_id=visit_id, **form.details())
            return redirect("visits:waiting", visit_id)
        except commands.PlaceNotCovered as refusal:
            form.add_error("region", said(refusal))
    visit = queries.get_visit(actor=request.actor, visit_id=visit_id, now=now)
    if request.method == "GET":
        if visit.state in TOGETHER_STATES or visit.state in OVER_STATES:
            return redirect(page_of(visit, request.actor.person_id))
        form = CheckInForm(initial=_known(visit))
    context = {
        "visit": visit,
        "form": form,
        "consent_text": consent_text("telehealth", get_language() or "en"),
        "ice": json.dumps(ice_servers(visit.id, now)),
    }
    return render(request, "visits/check_in.html", context, status=422 if form.errors else 200)


def _known(visit: Visit) -> dict[str, str]:
    """Return what the patient need not type again."""
    known = {"callback_number": visit.patient.phone, "consent_language": (get_language() or "en")[:2]}
    if found := getattr(visit, "check_in", None):
        known |= {"place": found.place, "region": f"{found.country}-{found.region}"}
        known["callback_number"] = found.callback_number
    return known


@route("visits.enter_waiting_room")
@require_GET
def waiting(request: HttpRequest, visit_id: UUID) -> HttpResponse:
    """Put the patient in line and show the waiting room. Coming back changes nothing."""
    now = utc_now()
    visit = queries.get_visit(actor=request.actor, visit_id=visit_id, now=now)
    here = page_of(visit, request.actor.person_id)
    if here != request.path:
        return redirect(here)
    commands.enter_waiting_room(actor=request.actor, visit_id=visit_id, now=now)
    context = {
        "visit": visit,
        "place": queries.place_in_line(actor=request.actor, visit_id=visit_id, now=now),
        "lines": queries.chat_since(actor=request.actor, visit_id=visit_id, seq=0, now=now),
        "state": "lobby",
        "chat_client_id": new_id(),
        "over_url": after(visit),
    }
    return render(request, "visits/patient_room.html", context)


@route("visits.see_place_in_line")
@require_GET
def place(request: HttpRequest, visit_id: UUID) -> HttpResponse:
    """Say again where the patient stands: the fallback where the live socket cannot be opened."""
    now = utc_now()
    visit = queries.get_visit(actor=request.actor, visit_id=visit_id, now=now)
    line = queries.place_in_line(actor=request.actor, visit_id=visit_id, now=now) if visit.state == "waiting" else None
    return render(request, "visits/place.html", {"visit": visit, "place": line})
