"""Reading a chart: the clinician's page, the patient's own, and the pane beside a visit."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET

from bedside.kernel.time import utc_now
from bedside.platform.access.routes import route
from bedside.record import queries
from bedside.record.chart import Chart
from bedside.record.drawings import chart_axis, medicine_lanes, problem_lanes, trends_of
from bedside.record.forms import AllergyForm, MedicineForm
from bedside.record.results.lines import sheets_of
from bedside.record.results.trends import WINDOW, trends_of_results

from .panes import pane

#: Newest reports on the chart itself, reports on a page of all of them, and drawings of results.
REPORTS_SHOWN, REPORTS_A_PAGE, TRENDS_SHOWN = 6, 20, 6


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
        **_drawn(found, now),
        "sheets": sheets_of(found.reports[:REPORTS_SHOWN], found.reports[:WINDOW]),
        "today": found.patient.today,
    }
    return render(request, "record/chart.html", context)


def _drawn(found: Chart, now: datetime) -> dict[str, object]:
    """Return what is drawn: tests of the laboratory against its own range, and what is measured here."""
    results = trends_of_results(found.reports[:WINDOW], now)
    sent = {trend.key for trend in results}
    vitals = tuple(trend for trend in trends_of(found, now) if trend.measure.loinc not in sent)
    return {"result_trends": results[:TRENDS_SHOWN], "trends": vitals}


@route("record.view_chart")
@require_GET
def results(request: HttpRequest, patient_id: UUID) -> HttpResponse:
    """Show every result of a patient as tables, newest first, to whoever cares for them."""
    now = utc_now()
    found = queries.get_chart(actor=request.actor, patient_id=patient_id, now=now)
    typed = request.GET.get("page", "1")
    page = int(typed) if typed.isdecimal() and len(typed) < 5 else 1
    first = max(0, page - 1) * REPORTS_A_PAGE
    shown = found.reports[first : first + REPORTS_A_PAGE]
    context = {
        "chart": found,
        "patient": found.patient,
        "sheets": sheets_of(shown, found.reports[first : first + WINDOW]),
        "total": len(found.reports),
        "trends": trends_of_results(found.reports[:WINDOW], now)[:TRENDS_SHOWN] if page <= 1 else (),
        "next_page": page + 1 if len(found.reports) > first + REPORTS_A_PAGE else None,
    }
    return render(request, "record/results.html", context)


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
