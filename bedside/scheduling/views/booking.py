"""Find a doctor, hold a time, say why, book it."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from bedside.directory.queries import covering_license, get_practitioner, search_practitioners
from bedside.kernel.errors import Refusal
from bedside.kernel.money import Money
from bedside.kernel.time import utc_now
from bedside.platform.access.routes import route
from bedside.platform.ui.refusals import said
from bedside.scheduling import commands, queries
from bedside.scheduling.forms import WAYS, FinderForm, HoldForm, ReasonForm
from bedside.scheduling.models import Appointment
from bedside.scheduling.pages import DoctorCard, by_day, cards, differs, two_weeks
from bedside.scheduling.terms import NOTICE


@route("scheduling.find_times")
@require_GET
def find(request: HttpRequest) -> HttpResponse:
    """Show who can see the patient, and when, with the whole price."""
    now, actor = utc_now(), request.actor  # type: ignore[attr-defined]
    form = _finder(request, now)
    wanted = form.wanted
    how = wanted.pop("how")
    found = search_practitioners(actor=actor, now=now, free_after=now + NOTICE, **wanted)
    facts = {
        "form": form,
        "cards": cards(found.doctors, actor.time_zone, now),
        "found": found,
        "how": how,
        "region": wanted["region"],
        "ways": WAYS,
        "next_page": _page(request, found.page + 1) if found.has_more else "",
        "page_before": _page(request, found.page - 1) if found.page > 1 else "",
    }
    return render(request, "scheduling/find.html", facts)


def _finder(request: HttpRequest, now: datetime) -> FinderForm:
    """Return the search form as sent, with what was not said filled in."""
    sent = request.GET.copy()
    if not sent.get("region"):
        sent["region"] = queries.usual_region(actor=request.actor, now=now)  # type: ignore[attr-defined]
    sent.setdefault("how", "video")
    return FinderForm(sent)


def _page(request: HttpRequest, page: int) -> str:
    sent = request.GET.copy()
    sent["page"] = str(page)
    return "?" + sent.urlencode()


@route("scheduling.find_times")
@require_GET
def doctor(request: HttpRequest, practitioner_id: UUID) -> HttpResponse:
    """Show one doctor: what was checked of them, and every free time, two weeks to a page."""
    now, actor = utc_now(), request.actor  # type: ignore[attr-defined]
    wanted = _finder(request, now).wanted
    who = get_practitioner(actor=actor, practitioner_id=practitioner_id, now=now)
    weeks = two_weeks(request.GET.get("from", ""), now, actor.time_zone)
    free = queries.free_times(
        actor=actor,
        practitioner_id=practitioner_id,
        first_on=weeks.first_on,
        last_on=weeks.last_on,
        now=now,
        doctor=who,
    )
    licence = covering_license(who, wanted["region"], who.home_country)
    starts = [span.starts_at for span in free if licence and span.starts_at.date() <= licence.expires_on]
    facts = {
        "card": DoctorCard(who, licence, tuple(by_day(who, starts, actor.time_zone, now))),
        "how": wanted["how"],
        "region": wanted["region"],
        "ways": WAYS,
        "weeks": weeks,
        "today": now.date(),
    }
    return render(request, "scheduling/doctor.html", facts)


@route("scheduling.hold_appointment")
@require_POST
def hold(request: HttpRequest) -> HttpResponse:
    """Hold the chosen time and ask why the patient comes."""
    form = HoldForm(request.POST)
    if not form.is_valid():
        return refused(request, 422, str(form.errors["time"][0]) if "time" in form.errors else "")
    practitioner_id, starts_at, fee_minor = form.cleaned_data["time"]
    try:
        row = commands.hold_appointment(
            actor=request.actor,  # type: ignore[attr-defined]
            now=utc_now(),
            practitioner_id=practitioner_id,
            starts_at=starts_at,
            mode=form.cleaned_data["how"] or "video",
            region=form.cleaned_data["region"],
            shown_fee_minor=fee_minor,
        )
    except Refusal as refusal:
        if refusal.status == 404:
            raise
        return refused(request, refusal.status, said(refusal), practitioner_id=practitioner_id)
    return redirect("scheduling:confirm", row.id)


def refused(request: HttpRequest, status: int, message: str, **facts: Any) -> HttpResponse:
    """Say why a time could not be had, and lead back to the times. What was typed stays on the page."""
    return render(request, "scheduling/refused.html", {"message": message, **facts}, status=status)


@route("scheduling.book_appointment")
@require_http_methods(["GET", "POST"])
def confirm(request: HttpRequest, appointment_id: UUID) -> HttpResponse:
    """Show what is about to be booked, at what price, and book it."""
    now, actor = utc_now(), request.actor  # type: ignore[attr-defined]
    form = ReasonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        reason = form.cleaned_data["reason"]
        try:
            commands.book_appointment(actor=actor, now=now, appointment_id=appointment_id, reason=reason)
        except (commands.HoldExpired, commands.CannotChange) as refusal:
            return refused(request, refusal.status, said(refusal), typed=reason)
        return redirect("scheduling:appointment", appointment_id)
    row = queries.get_appointment(actor=actor, now=now, appointment_id=appointment_id)
    if row.status != "held":
        return redirect("scheduling:appointment", appointment_id)
    facts = {"form": form, **_held(row, now, actor.time_zone)}
    return render(request, "scheduling/confirm.html", facts, status=422 if form.errors else 200)


def _held(row: Appointment, now: datetime, zone_name: str) -> dict[str, Any]:
    left = row.hold_expires_at - now if row.hold_expires_at else timedelta(0)
    return {
        "row": row,
        "price": Money(row.fee_minor, row.currency),
        "seconds_left": max(0, int(left.total_seconds())),
        "minutes_left": max(1, -(-int(left.total_seconds()) // 60)),
        "has_other_zone": differs(row.starts_at, zone_name, row.practitioner_zone),
    }


@route("scheduling.release_appointment")
@require_POST
def release(request: HttpRequest, appointment_id: UUID) -> HttpResponse:
    """Give the held time back and go on looking."""
    actor = request.actor  # type: ignore[attr-defined]
    commands.release_appointment(actor=actor, now=utc_now(), appointment_id=appointment_id)
    return redirect("scheduling:find")


@route("scheduling.accept_follow_up")
@require_GET
def offered(request: HttpRequest) -> HttpResponse:
    """Show the follow-up times a clinician holds open for the patient."""
    now, actor = utc_now(), request.actor  # type: ignore[attr-defined]
    times = queries.offered_times(actor=actor, now=now, patient_id=actor.person_id)
    facts: dict[str, Any] = {"times": times}
    if times:
        facts |= _held(times[0], now, actor.time_zone)
    return render(request, "scheduling/offered.html", facts)


@route("scheduling.accept_follow_up")
@require_POST
def accept(request: HttpRequest, appointment_id: UUID) -> HttpResponse:
    """Book the offered time that was chosen."""
    actor = request.actor  # type: ignore[attr-defined]
    row = commands.accept_follow_up(actor=actor, now=utc_now(), appointment_id=appointment_id)
    return redirect("scheduling:appointment", row.id)
