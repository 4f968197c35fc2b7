"""The room: one page for the patient, one for whoever treats them."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET

from bedside.kernel.ids import new_id
from bedside.kernel.time import utc_now
from bedside.platform.access.routes import route
from bedside.visits import queries
from bedside.visits.models import Visit
from bedside.visits.regions import region_name

from .arrival import after, page_of

#: The tabs beside the video: key, word, icon, the route of the pane and what its address names.
PANES = (
    ("note", _("Note"), "square-pen", "record:visit_note", ("patient_id", "visit_id")),
    ("chart", _("Chart"), "clipboard-list", "record:visit_chart", ("patient_id", "visit_id")),
    ("diagnoses", _("Diagnosis"), "stethoscope", "record:visit_diagnoses", ("patient_id", "visit_id")),
    ("prescriptions", _("Prescription"), "pill", "orders:visit_prescriptions", ("patient_id", "visit_id")),
    ("vitals", _("Vitals"), "activity", "record:visit_vitals", ("patient_id", "visit_id")),
    ("home-care", _("Home care"), "list-checks", "record:visit_homecare", ("patient_id", "visit_id")),
    ("follow-up", _("Follow-up"), "calendar-plus", "scheduling:visit_follow_up", ("patient_id",)),
)


def panes(visit: Visit) -> list[dict[str, object]]:
    """Return the tabs that stand beside a visit, each with its address."""
    ids = {"patient_id": visit.patient_id, "visit_id": visit.id}
    return [
        {"key": key, "label": label, "icon": icon, "url": reverse(name, kwargs={part: ids[part] for part in named})}
        for key, label, icon, name, named in PANES
    ]


@route("visits.see_visit")
@require_GET
def room(request: HttpRequest, visit_id: UUID) -> HttpResponse:
    """Show the call: the patient's picture of it, or the doctor's with the chart beside."""
    now = utc_now()
    visit = queries.get_visit(actor=request.actor, visit_id=visit_id, now=now)
    here = page_of(visit, request.actor.person_id)
    if here != request.path:
        return redirect(here)
    lines = queries.chat_since(actor=request.actor, visit_id=visit_id, seq=0, now=now)
    context = {"visit": visit, "lines": lines, "state": "call", "chat_client_id": new_id()}
    if request.actor.is_staff and request.actor.person_id != visit.patient_id:
        return render(request, "visits/clinician_room.html", context | _beside(visit, request.GET.get("pane")))
    return render(request, "visits/patient_room.html", context | {"over_url": after(visit)})


def _beside(visit: Visit, wanted: str | None) -> dict[str, object]:
    """Return what stands beside the video for a clinician."""
    tabs = panes(visit)
    chosen = next((tab for tab in tabs if tab["key"] == wanted), tabs[0])
    found = getattr(visit, "check_in", None)
    where = ", ".join(filter(None, (found.place, region_name(found.country, found.region)))) if found else ""
    alerts = reverse("record:visit_alerts", args=[visit.patient_id, visit.id])
    return {"panes": tabs, "pane": chosen, "where": where, "alerts_url": alerts}


@route("visits.see_waiting_room")
@require_GET
def others(request: HttpRequest, visit_id: UUID) -> HttpResponse:
    """Say who else waits for this doctor, and how long."""
    now = utc_now()
    line = queries.waiting_room(actor=request.actor, practitioner_id=request.actor.person_id, now=now)
    someone = next((waiter for waiter in line if waiter.visit_id != visit_id), None)
    return render(request, "visits/others.html", {"next": someone, "visit_id": visit_id})
