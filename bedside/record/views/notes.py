"""The note beside a visit: saved by itself, signed once, then added to."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from bedside.kernel.errors import Conflict, Invalid, Refusal
from bedside.kernel.time import utc_now
from bedside.platform.access.routes import route
from bedside.platform.ui.refusals import is_fragment
from bedside.record import commands, queries
from bedside.record.codes import warm
from bedside.record.forms import AddendumForm
from bedside.record.terms.notes import SECTIONS, TEMPLATES

from .panes import pane, words_of


def _typed(request: HttpRequest) -> dict[str, str]:
    return {key: request.POST.get(key, "") for key in SECTIONS}


def _revision(request: HttpRequest) -> int:
    text = request.POST.get("revision", "")
    return int(text) if text.isdecimal() and len(text) < 9 else 0


def _template(request: HttpRequest) -> str:
    return request.POST.get("template") or request.GET.get("template") or ""


@route("record.view_chart")
@require_GET
def visit_note(request: HttpRequest, patient_id: UUID, visit_id: UUID) -> HttpResponse:
    """Show the note of a visit: the author's draft, or the signed note with its addenda."""
    warm()
    return _show(request, patient_id, visit_id)


def _show(
    request: HttpRequest,
    patient_id: UUID,
    visit_id: UUID,
    *,
    typed: dict[str, str] | None = None,
    refused: Refusal | None = None,
) -> HttpResponse:
    """Show the note pane; with what was typed when it could not be kept."""
    now = utc_now()
    record = queries.visit_record(actor=request.actor, visit_id=visit_id, patient_id=patient_id, now=now)
    draft = queries.find_draft(actor=request.actor, visit_id=visit_id, patient_id=patient_id)
    kept = draft.sections if draft else {}
    key = _template(request) or (draft.template if draft else "general")
    template = TEMPLATES.get(key, TEMPLATES["general"])
    other = kept if isinstance(refused, commands.NoteChanged) else {}
    parts = [
        {"key": k, "title": title, "hint": template.hints[k], "text": (typed or kept).get(k, ""), "other": other.get(k)}
        for k, title in SECTIONS.items()
    ]
    return pane(
        request, "record/panes/note.html", patient_id=patient_id, visit_id=visit_id, chart=record.chart,
        record=record, draft=draft, parts=parts, kind=template, kinds=TEMPLATES.values(),
        addendum=AddendumForm(), refused=words_of(refused), is_conflict=isinstance(refused, commands.NoteChanged),
        status=refused.status if refused else 200,
    )  # fmt: skip


@route("record.write_note")
@require_POST
def save_note(request: HttpRequest, patient_id: UUID, visit_id: UUID) -> HttpResponse:
    """Save the draft. To htmx it answers with the line that says so; a note with nothing new is left alone."""
    typed, refused, draft = _typed(request), None, None
    try:
        draft = commands.save_note_draft(
            actor=request.actor, now=utc_now(), patient_id=patient_id, visit_id=visit_id, sections=typed,
            revision=_revision(request), template=_template(request) or "general",
        )  # fmt: skip
    except (Conflict, Invalid) as refusal:
        refused = refusal
    if "quiet" in request.GET and is_fragment(request):
        ids = {"patient_id": patient_id, "visit_id": visit_id}
        context = {"draft": draft, "refused": words_of(refused), "oob": True, **ids}
        return render(request, "record/parts/saved.html", context)
    if refused:
        return _show(request, patient_id, visit_id, typed=typed, refused=refused)
    return redirect("record:visit_note", patient_id, visit_id)


@route("record.write_note")
@require_POST
def sign_note(request: HttpRequest, patient_id: UUID, visit_id: UUID) -> HttpResponse:
    """Save what is on the screen and sign it."""
    typed = _typed(request)
    try:
        commands.sign_note(
            actor=request.actor, now=utc_now(), patient_id=patient_id, visit_id=visit_id, sections=typed,
            revision=_revision(request), template=_template(request) or "general",
        )  # fmt: skip
    except (Conflict, Invalid) as refusal:
        return _show(request, patient_id, visit_id, typed=typed, refused=refusal)
    return redirect("record:visit_note", patient_id, visit_id)


@route("record.write_note")
@require_http_methods(["POST"])
def add_addendum(request: HttpRequest, patient_id: UUID, visit_id: UUID, note_id: UUID) -> HttpResponse:
    """Add to a signed note."""
    try:
        commands.add_addendum(
            actor=request.actor, now=utc_now(), patient_id=patient_id, note_id=note_id,
            text=request.POST.get("text", ""),
        )  # fmt: skip
    except Invalid as refusal:
        return _show(request, patient_id, visit_id, refused=refusal)
    return redirect("record:visit_note", patient_id, visit_id)
