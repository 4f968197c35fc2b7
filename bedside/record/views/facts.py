"""The panes in which facts are written: diagnoses, allergies, medicines taken, measured values."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from bedside.kernel.errors import Conflict, Invalid
from bedside.kernel.time import utc_now
from bedside.platform.access.routes import route
from bedside.record import commands, queries
from bedside.record.codes import search_codes
from bedside.record.drawings import trends_of
from bedside.record.forms import AllergyForm, MedicineForm, StopForm, VitalForm
from bedside.record.terms.substances import SUBSTANCES
from bedside.record.terms.substances import find_substances as search_substances
from bedside.record.terms.vitals import VITALS

from .panes import pane, words_of


@route("record.view_chart")
@require_http_methods(["GET", "POST"])
def visit_diagnoses(request: HttpRequest, patient_id: UUID, visit_id: UUID) -> HttpResponse:
    """Show the diagnoses of a visit and the problem list; add one."""
    now, refused = utc_now(), None
    if request.method == "POST":
        try:
            commands.record_diagnosis(
                actor=request.actor, now=now, patient_id=patient_id, visit_id=visit_id,
                code=request.POST.get("code", ""), certainty=request.POST.get("certainty", "confirmed"),
            )  # fmt: skip
            return redirect("record:visit_diagnoses", patient_id, visit_id)
        except Invalid as refusal:
            refused = refusal
    record = queries.visit_record(actor=request.actor, visit_id=visit_id, patient_id=patient_id, now=now)
    words = request.GET.get("q", "")
    return pane(
        request, "record/panes/diagnoses.html", patient_id=patient_id, visit_id=visit_id, chart=record.chart,
        record=record, refused=words_of(refused), words=words, found=search_codes(words),
        status=refused.status if refused else 200,
    )  # fmt: skip


@route("record.find_codes")
@require_GET
def find_diagnoses(request: HttpRequest, patient_id: UUID, visit_id: UUID) -> HttpResponse:
    """Return the diagnoses that match the words typed so far."""
    words = request.GET.get("q", "")
    context = {"found": search_codes(words), "words": words, "patient_id": patient_id, "visit_id": visit_id}
    return render(request, "record/parts/codes.html", context)


@route("record.resolve_problem")
@require_POST
def resolve_problem(request: HttpRequest, patient_id: UUID, visit_id: UUID, problem_id: UUID) -> HttpResponse:
    """Mark a problem as over."""
    commands.resolve_problem(actor=request.actor, now=utc_now(), patient_id=patient_id, problem_id=problem_id)
    return redirect("record:visit_diagnoses", patient_id, visit_id)


@route("record.record_allergy")
@require_POST
def visit_allergies(request: HttpRequest, patient_id: UUID, visit_id: UUID) -> HttpResponse:
    """Record an allergy, and go back to the chart."""
    form, refused = AllergyForm(request.POST), None
    if form.is_valid():
        try:
            commands.record_allergy(
                actor=request.actor, now=utc_now(), patient_id=patient_id, visit_id=visit_id, **form.cleaned_data
            )
            return redirect("record:visit_chart", patient_id, visit_id)
        except Invalid as refusal:
            refused = refusal
    return _chart_again(request, patient_id, visit_id, refused=words_of(refused), allergy=form)


def _chart_again(request: HttpRequest, patient_id: UUID, visit_id: UUID, **context: Any) -> HttpResponse:
    """Show the chart pane with what was typed and what is wrong with it."""
    now = utc_now()
    record = queries.visit_record(actor=request.actor, visit_id=visit_id, patient_id=patient_id, now=now)
    shown = {"allergy": AllergyForm(), "medicine": MedicineForm(), "trends": trends_of(record.chart, now)}
    typed = context.get("allergy")
    chosen = SUBSTANCES.get(typed.data.get("substance", "")) if typed else None
    return pane(
        request, "record/panes/chart.html", patient_id=patient_id, visit_id=visit_id, chart=record.chart,
        record=record, chosen=chosen, status=422, **shown | context,
    )  # fmt: skip


@route("record.find_codes")
@require_GET
def find_substances(request: HttpRequest, patient_id: UUID, visit_id: UUID) -> HttpResponse:
    """Return the substances that match the words typed; with one picked, the rest of the allergy form."""
    picked = SUBSTANCES.get(request.GET.get("substance", ""))
    words = request.GET.get("q", "")
    form = AllergyForm(initial={"substance": picked.key}) if picked else AllergyForm()
    context = {
        "found": search_substances(words),
        "words": words,
        "chosen": picked,
        "allergy": form,
        "patient_id": patient_id,
        "visit_id": visit_id,
    }
    return render(request, "record/parts/allergy_form.html" if picked else "record/parts/substances.html", context)


@route("record.record_medicine_statement")
@require_POST
def visit_medicines(request: HttpRequest, patient_id: UUID, visit_id: UUID) -> HttpResponse:
    """Record a medicine the patient takes, and go back to the chart."""
    form, refused = MedicineForm(request.POST), None
    if form.is_valid():
        try:
            commands.record_medicine_statement(
                actor=request.actor, now=utc_now(), patient_id=patient_id, visit_id=visit_id, **form.cleaned_data
            )
            return redirect("record:visit_chart", patient_id, visit_id)
        except Invalid as refusal:
            refused = refusal
    return _chart_again(request, patient_id, visit_id, refused=words_of(refused), medicine=form)


@route("record.record_medicine_statement")
@require_POST
def stop_medicine(request: HttpRequest, patient_id: UUID, visit_id: UUID, statement_id: UUID) -> HttpResponse:
    """Note that the patient stops a medicine."""
    form = StopForm(request.POST)
    why = form.cleaned_data["why"] if form.is_valid() else request.POST.get("why", "")[:500]
    commands.stop_medicine_statement(
        actor=request.actor, now=utc_now(), patient_id=patient_id, statement_id=statement_id, why=why, visit_id=visit_id
    )
    return redirect("record:visit_chart", patient_id, visit_id)


@route("record.view_chart")
@require_http_methods(["GET", "POST"])
def visit_vitals(request: HttpRequest, patient_id: UUID, visit_id: UUID) -> HttpResponse:
    """Show measured values and write new ones, all or none."""
    now, refused = utc_now(), None
    form = VitalForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            commands.record_vitals(
                actor=request.actor, now=now, patient_id=patient_id, visit_id=visit_id, values=form.values()
            )
            return redirect("record:visit_vitals", patient_id, visit_id)
        except (Invalid, Conflict) as refusal:
            refused = refusal
    chart = queries.get_chart(actor=request.actor, patient_id=patient_id, now=now)
    boxes = [(m, form[k], form[f"{k}_second"] if m.parts else None) for k, m in VITALS.items()]
    return pane(
        request, "record/panes/vitals.html", patient_id=patient_id, visit_id=visit_id, chart=chart, form=form,
        boxes=boxes, trends=trends_of(chart, now), refused=words_of(refused),
        status=422 if refused or form.errors else 200,
    )  # fmt: skip
