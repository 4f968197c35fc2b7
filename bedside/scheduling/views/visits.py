"""The visits a person has: the list, one of them, its calendar file, moving it, cancelling it."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from bedside.kernel.time import utc_now
from bedside.platform.access.routes import route
from bedside.scheduling import commands, queries
from bedside.scheduling.forms import CancelForm, MoveForm
from bedside.scheduling.ics import calendar_of
from bedside.scheduling.pages import by_day, differs
from bedside.scheduling.terms import BOOKING_HORIZON


@route("scheduling.list_appointments")
@require_GET
def appointments(request: HttpRequest) -> HttpResponse:
    """List a person's visits: those to come, those that were."""
    now, actor = utc_now(), request.actor  # type: ignore[attr-defined]
    facts = {
        "upcoming": queries.upcoming_appointments(actor=actor, patient_id=actor.person_id, now=now),
        "past": queries.past_appointments(actor=actor, patient_id=actor.person_id, now=now),
        "offered": queries.offered_times(actor=actor, patient_id=actor.person_id, now=now),
    }
    return render(request, "scheduling/appointments.html", facts)


@route("scheduling.view_appointment")
@require_GET
def appointment(request: HttpRequest, appointment_id: UUID) -> HttpResponse:
    """Show one visit: when, with whom, at what price, and what can still be done."""
    now, actor = utc_now(), request.actor  # type: ignore[attr-defined]
    row = queries.get_appointment(actor=actor, now=now, appointment_id=appointment_id)
    if row.status == "held":
        return redirect("scheduling:confirm", row.id)
    facts = {
        "card": queries.card_of(row=row, now=now),
        "row": row,
        "moved_to": getattr(row, "moved_to", None),
        "is_mine": actor.person_id == row.patient_id,
        "is_new": row.starts_at > now and row.status == "booked",
        "has_other_zone": differs(row.starts_at, actor.time_zone, row.practitioner_zone),
    }
    return render(request, "scheduling/appointment.html", facts)


@route("scheduling.view_appointment")
@require_GET
def calendar_file(request: HttpRequest, appointment_id: UUID) -> HttpResponse:
    """Hand over the visit as a calendar file."""
    now, actor = utc_now(), request.actor  # type: ignore[attr-defined]
    row = queries.get_appointment(actor=actor, now=now, appointment_id=appointment_id)
    response = HttpResponse(calendar_of(row, now), content_type="text/calendar; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="visit.ics"'
    return response


@route("scheduling.reschedule_appointment")
@require_http_methods(["GET", "POST"])
def move(request: HttpRequest, appointment_id: UUID) -> HttpResponse:
    """Show other times of the same doctor; one tap on one of them moves the visit."""
    now, actor = utc_now(), request.actor  # type: ignore[attr-defined]
    form = MoveForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        starts_at = form.cleaned_data["time"][1]
        new = commands.reschedule_appointment(actor=actor, now=now, appointment_id=appointment_id, starts_at=starts_at)
        messages.info(request, _("Your visit was moved. The old time is free again."))
        return redirect("scheduling:appointment", new.id)
    row = queries.get_appointment(actor=actor, now=now, appointment_id=appointment_id)
    first_on = now.date() - timedelta(days=1)
    free = queries.free_times(
        actor=actor,
        practitioner_id=row.practitioner_id,
        first_on=first_on,
        last_on=first_on + BOOKING_HORIZON,
        now=now,
        doctor=row.practitioner,
    )
    days = by_day(row.practitioner, [span.starts_at for span in free], actor.time_zone, now, days=8)
    facts = {"row": row, "card": queries.card_of(row=row, now=now), "days": days, "form": form}
    return render(request, "scheduling/move.html", facts, status=422 if form.errors else 200)


@route("scheduling.cancel_appointment")
@require_http_methods(["GET", "POST"])
def cancel(request: HttpRequest, appointment_id: UUID) -> HttpResponse:
    """Ask once, then cancel the visit."""
    now, actor = utc_now(), request.actor  # type: ignore[attr-defined]
    form = CancelForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        commands.cancel_appointment(actor=actor, now=now, appointment_id=appointment_id, why=form.cleaned_data["why"])
        messages.info(request, _("Your visit is cancelled. You will get no more reminders of it."))
        return redirect("scheduling:appointment", appointment_id)
    row = queries.get_appointment(actor=actor, now=now, appointment_id=appointment_id)
    facts = {"row": row, "card": queries.card_of(row=row, now=now), "form": form}
    return render(request, "scheduling/cancel.html", facts, status=422 if form.errors else 200)
