"""The prescription pane: choose a medicine, say how it is taken, meet the stops, write it."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from bedside.kernel.errors import Conflict, Invalid, Refusal
from bedside.kernel.time import utc_now
from bedside.platform.access.routes import route
from bedside.record.views.panes import pane, words_of

from . import commands, queries
from .forms import PrescriptionForm
from .terms import formulary


@route("orders.view_prescriptions")
@require_http_methods(["GET", "POST"])
def visit_prescriptions(request: HttpRequest, patient_id: UUID, visit_id: UUID) -> HttpResponse:
    """Show what was prescribed in a visit; write a prescription, or say what stops it."""
    if request.method == "GET":
        product = formulary.product_named(request.GET.get("product", ""))
        form = PrescriptionForm.for_product(product) if product else None
        return _show(request, patient_id, visit_id, form=form)
    form, refused = PrescriptionForm(request.POST), None
    if form.is_valid():
        try:
            commands.prescribe_medicine(
                actor=request.actor, now=utc_now(), patient_id=patient_id, visit_id=visit_id, **form.cleaned_data
            )
            return redirect("orders:visit_prescriptions", patient_id, visit_id)
        except (Conflict, Invalid) as refusal:
            refused = refusal
    return _show(request, patient_id, visit_id, form=form, refused=refused)


def _show(
    request: HttpRequest,
    patient_id: UUID,
    visit_id: UUID,
    *,
    form: PrescriptionForm | None = None,
    refused: Refusal | None = None,
) -> HttpResponse:
    """Show the pane, with what was typed and what stands in its way."""
    found = queries.prescriptions_of_visit(actor=request.actor, patient_id=patient_id, visit_id=visit_id, now=utc_now())
    words = request.GET.get("q", "")
    context: dict[str, Any] = {"form": form, "found": formulary.find_products(words), "words": words}
    if form is not None:
        context |= found.preview(form["product"].value(), form.cleaned_data if form.is_bound else {}, refused)
    is_wrong = form is not None and bool(form.errors)
    return pane(
        request, "orders/panes/prescriptions.html", patient_id=patient_id, visit_id=visit_id, chart=found.chart,
        prescriptions=found, refused=words_of(refused), status=refused.status if refused else 422 if is_wrong else 200,
        **context,
    )  # fmt: skip


@route("orders.find_products")
@require_GET
def find_products(request: HttpRequest, patient_id: UUID, visit_id: UUID) -> HttpResponse:
    """Return the medicines that match the words typed so far."""
    words = request.GET.get("q", "")
    context = {"found": formulary.find_products(words), "words": words, "patient_id": patient_id, "visit_id": visit_id}
    return render(request, "orders/parts/products.html", context)


@route("orders.cancel_prescription")
@require_POST
def cancel_prescription(request: HttpRequest, patient_id: UUID, visit_id: UUID, prescription_id: UUID) -> HttpResponse:
    """Cancel a prescription and say why."""
    try:
        commands.cancel_prescription(
            actor=request.actor, now=utc_now(), patient_id=patient_id, prescription_id=prescription_id,
            why=request.POST.get("why", ""), visit_id=visit_id,
        )  # fmt: skip
    except (Conflict, Invalid) as refusal:
        return _show(request, patient_id, visit_id, refused=refusal)
    return redirect("orders:visit_prescriptions", patient_id, visit_id)
