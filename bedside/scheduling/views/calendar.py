"""The doctor's side: working hours, time off, and offering a follow-up beside the video."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from bedside.kernel.errors import Refusal
from bedside.kernel.time import utc_now
from bedside.platform.access.routes import route
from bedside.platform.ui.refusals import said
from bedside.scheduling import commands, queries
from bedside.scheduling.forms import HoursForm, OfferForm, TimeOffForm


@route("scheduling.keep_hours")
@require_GET
def hours(request: HttpRequest, practitioner_id: UUID | None = None) -> HttpResponse:
    """Show a doctor's week and time off; an administrator picks whose."""
    return _hours_page(request, practitioner_id)


def _hours_page(request: HttpRequest, practitioner_id: UUID | None, status: int = 200, **facts: object) -> HttpResponse:
    now, actor = utc_now(), request.actor  # type: ignore[attr-defined]
    week = queries.working_week(actor=actor, now=now, practitioner_id=practitioner_id)
    page = {"week": week, "hours_form": HoursForm(), "off_form": TimeOffForm(), **facts}
    return render(request, "scheduling/hours.html", page, status=status)


@route("scheduling.keep_hours")
@require_POST
def open_hours(request: HttpRequest, practitioner_id: UUID) -> HttpResponse:
    """Open a stretch of a weekday."""
    form = HoursForm(request.POST)
    if not form.is_valid():
        return _hours_page(request, practitioner_id, 422, hours_form=form)
    sent = form.cleaned_data
    try:
        commands.add_hours(
            actor=request.actor,  # type: ignore[attr-defined]
            now=utc_now(),
            practitioner_id=practitioner_id,
            weekday=int(sent["weekday"]),
            starts=sent["starts"],
            ends=sent["ends"],
        )
    except (commands.HoursBackwards, commands.HoursOverlap) as refusal:
        form.add_error("ends", said(refusal))
        return _hours_page(request, practitioner_id, refusal.status, hours_form=form)
    return redirect("scheduling:hours_of", practitioner_id)


@route("scheduling.keep_hours")
@require_POST
def take_off(request: HttpRequest, practitioner_id: UUID) -> HttpResponse:
    """Keep a stretch free of patients."""
    form = TimeOffForm(request.POST)
    if not form.is_valid():
        return _hours_page(request, practitioner_id, 422, off_form=form)
    sent = form.cleaned_data
    try:
        commands.add_time_off(
            actor=request.actor,  # type: ignore[attr-defined]
            now=utc_now(),
            practitioner_id=practitioner_id,
            starts=sent["starts"],
            ends=sent["ends"],
            note=sent["note"],
        )
    except (
        commands.HoursBackwards,
        commands.InThePast,
        commands.WallTimeSkipped,
        commands.WallTimeAmbiguous,
    ) as refusal:
        form.add_error("starts", said(refusal))
        return _hours_page(request, practitioner_id, refusal.status, off_form=form)
    return redirect("scheduling:hours_of", practitioner_id)


@route("scheduling.keep_hours")
@require_POST
def close_hours(request: HttpRequest, rule_id: UUID) -> HttpResponse:
    """Close a stretch of the week from today on."""
    actor = request.actor  # type: ignore[attr-defined]
    whose = commands.remove_hours(actor=actor, now=utc_now(), rule_id=rule_id)
    return redirect("scheduling:hours_of", whose)


@route("scheduling.keep_hours")
@require_POST
def come_back(request: HttpRequest, time_off_id: UUID) -> HttpResponse:
    """Take back time off."""
    actor = request.actor  # type: ignore[attr-defined]
    whose = commands.remove_time_off(actor=actor, now=utc_now(), time_off_id=time_off_id)
    return redirect("scheduling:hours_of", whose)


@route("scheduling.offer_follow_up")
@require_http_methods(["GET", "POST"])
def follow_up(request: HttpRequest, patient_id: UUID) -> HttpResponse:
    """The part beside the video: offer three real times, see which one the patient took."""
    now, actor = utc_now(), request.actor  # type: ignore[attr-defined]
    form = OfferForm(request.POST or None, initial={"on_or_after": queries.two_weeks_on(actor=actor, now=now)})
    refusal, status = "", 200
    if request.method == "POST" and form.is_valid():
        try:
            commands.offer_follow_up(
                actor=actor,
                now=now,
                patient_id=patient_id,
                practitioner_id=actor.person_id,
                on_or_after=form.cleaned_data["on_or_after"],
            )
        except Refusal as no:
            refusal, status = said(no), no.status
    offer = queries.follow_up_of(actor=actor, now=now, patient_id=patient_id)
    is_waiting = any(row.status == "held" for row in offer)
    facts = {"form": form, "offer": offer, "is_waiting": is_waiting, "refusal": refusal, "patient_id": patient_id}
    return render(request, "scheduling/follow_up.html", facts, status=422 if form.errors else status)
