"""Reading a chart: the clinician's page, the patient's own, and the pane beside a visit."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET

from bedside.kernel.time import utc_now
from bedside.platform.access.routes import route
from bedside.record import queries
from bedside.record.drawings import chart_axis, medicine_lanes, problem_lanes, trends_of
from bedside.record.forms import AllergyForm, MedicineForm

from .panes import pane


@route("record.view_chart")
@require_GET
def chart(request: HttpRequest, patient_id: UUID) -> HttpResponse:
    """Show a patient's whole chart to whoever cares for them."""
    if patient_id == request.actor.person_id:
        return redirect("record:health")
    now = utc_now()
    found = queries.get_chart(actor=request.actor, patient_id=patient_id, now=now)
    axis = chart_axis(found, now)
    context = {
        "chart": found,
        "patient": found.patient,
        "axis": axis,
        "problems": problem_lanes(found, axis),
        "medicines": medicine_lanes(found, axis),
        "trends": trends_of(found, now),
        "today": found.patient.today,
    }
    return render(request, "record/chart.html", context)


@route("record.view_chart")
@require_GET
def health(request: HttpRequest) -> HttpResponse:
    """Show people their own chart, in plain words."""
    now = utc_now()
    found = queries.get_chart(actor=request.actor, patient_id=request.actor.person_id, now=now)
    context = {"chart": found, "patient": found.patient, "trends": trends_of(found, now), "today": found.patient.today}
    return render(request, "record/health.html", context)


@route("record.view_chart")
@require_GET
def visit_chart(request: HttpRequest, patient_id: UUID, visit_id: UUID) -> HttpResponse:
    """Show the chart beside a visit: what changed since last time, allergies, medicines, values, earlier notes."""
    now = utc_now()
    record = queries.visit_record(actor=request.actor, visit_id=visit_id, patient_id=patient_id, now=now)
    response = pane(
        request, "record/panes/chart.html", patient_id=patient_id, visit_id=visit_id, chart=record.chart,
        record=record, trends=trends_of(record.chart, now), allergy=AllergyForm(), medicine=MedicineForm(),
    )  # fmt: skip
    response["HX-Trigger"] = "alerts"
    return response


@route("record.view_chart")
@require_GET
def visit_alerts(request: HttpRequest, patient_id: UUID, visit_id: UUID) -> HttpResponse:
    """Return the chips of the banner: allergies first, and what needs a look."""
    found = queries.get_chart(actor=request.actor, patient_id=patient_id, now=utc_now())
    return render(request, "record/parts/alerts.html", {"chart": found, "patient": found.patient})
