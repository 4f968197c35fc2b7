"""How a pane is shown: alone when htmx asks, inside a page of its own otherwise."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from bedside.kernel.errors import Refusal
from bedside.platform.ui.refusals import is_fragment, said
from bedside.record.chart import Chart

#: The panes a pane's own page links to: route, icon and word. Rooms above add theirs with `add_pane`.
_PANES: list[tuple[str, str, Any]] = [
    ("record:visit_note", "square-pen", _("Note")),
    ("record:visit_chart", "clipboard-list", _("Chart")),
    ("record:visit_diagnoses", "stethoscope", _("Diagnosis")),
    ("record:visit_vitals", "activity", _("Vitals")),
    ("record:visit_homecare", "list-checks", _("Home care")),
]


def add_pane(route_name: str, icon: str, word: Any, *, after: str) -> None:
    """Let a room above place its pane among the others, after the named one."""
    if route_name not in {name for name, _icon, _word in _PANES}:
        at = next(n for n, pane in enumerate(_PANES) if pane[0] == after) + 1
        _PANES.insert(at, (route_name, icon, word))


def pane(
    request: HttpRequest,
    template: str,
    *,
    patient_id: UUID,
    visit_id: UUID,
    chart: Chart,
    status: int = 200,
    **context: Any,
) -> HttpResponse:
    """Show a pane: the fragment to htmx, else a whole page around it with the patient's banner and the other panes."""
    context |= {"patient_id": patient_id, "visit_id": visit_id, "chart": chart, "patient": chart.patient}
    if is_fragment(request):
        return render(request, template, context, status=status)
    args = [patient_id, visit_id]
    tabs = [(reverse(name, args=args), icon, word) for name, icon, word in _PANES]
    context |= {"pane_template": template, "tabs": tabs, "here": request.path}
    return render(request, "record/visit_page.html", context, status=status)


def words_of(refusal: Refusal | None) -> str:
    """Return a refusal's message in the reader's language, or nothing."""
    return said(refusal) if refusal else ""
