"""Home care: the pane in which a plan is given, and the patient's ticks."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_http_methods, require_POST

from bedside.kernel.errors import Invalid
from bedside.kernel.time import utc_now
from bedside.platform.access.routes import route
from bedside.record import commands, queries
from bedside.record.forms import HomeCareForm
from bedside.record.terms.home_care import PLANS

from .panes import pane, words_of


@route("record.view_chart")
@require_http_methods(["GET", "POST"])
def visit_homecare(request: HttpRequest, patient_id: UUID, visit_id: UUID) -> HttpResponse:
    """Show the home-care plans and what was given; give one."""
    now, refused = utc_now(), None
    form = HomeCareForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            commands.assign_home_care(
                actor=request.actor, now=now, patient_id=patient_id, visit_id=visit_id, **form.cleaned_data
            )
            return redirect("record:visit_homecare", patient_id, visit_id)
        except Invalid as refusal:
            refused = refusal
    record = queries.visit_record(actor=request.actor, visit_id=visit_id, patient_id=patient_id, now=now)
    chosen = PLANS.get(request.POST.get("plan") or request.GET.get("plan", ""))
    today = record.chart.patient.today or now.date()
    tasks = [(task, today + timedelta(days=task.day)) for task in chosen.tasks] if chosen else []
    back_on = today + timedelta(days=chosen.check_back_days) if chosen else None
    return pane(
        request, "record/panes/home_care.html", patient_id=patient_id, visit_id=visit_id, chart=record.chart,
        record=record, plans=PLANS.values(), chosen=chosen, planned=tasks, back_on=back_on, form=form,
        refused=words_of(refused), status=422 if refused or form.errors else 200,
    )  # fmt: skip


def _back(request: HttpRequest) -> HttpResponse:
    onward = request.POST.get("next", "")
    if url_has_allowed_host_and_scheme(onward, {request.get_host()}, require_https=request.is_secure()):
        return redirect(onward)
    return redirect("record:health")


@route("record.complete_task")
@require_POST
def complete_task(request: HttpRequest, task_id: UUID) -> HttpResponse:
    """Tick a task of one's own off."""
    actor = request.actor
    commands.complete_task(actor=actor, now=utc_now(), patient_id=actor.person_id, task_id=task_id)
    return _back(request)


@route("record.complete_task")
@require_POST
def undo_task(request: HttpRequest, task_id: UUID) -> HttpResponse:
    """Take a tick back."""
    actor = request.actor
    commands.undo_task(actor=actor, now=utc_now(), patient_id=actor.person_id, task_id=task_id)
    return _back(request)
